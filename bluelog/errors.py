"""What a service may refuse, in the words of the domain."""

from typing import Any


class BluelogError(Exception):
    """Anything the domain refuses."""


class RuleBroken(BluelogError):
    """What was asked breaks a rule; `field` names the input it is pinned to, or None.

    `message` is a lazy translatable string, shown to the person who asked. `more` holds what else
    was refused at the same time, so that nobody is told of one thing after the other.
    """

    def __init__(self, field: str | None, message: Any, *more: "RuleBroken") -> None:
        super().__init__(field)
        self.field = field
        self.message = message
        self.more = more

    def __str__(self) -> str:
        return " ".join(str(refusal.message) for refusal in (self, *self.more))


class VersionConflict(BluelogError):
    """The row was changed by someone else since the version that was edited."""

    def __init__(self, current: Any) -> None:
        super().__init__("version conflict")
        self.current = current


class NotAllowed(BluelogError):
    """The actor may not do this, or no longer may."""


class NotFound(BluelogError):
    """The row is gone, or was never there for this actor."""


class LimitReached(BluelogError):
    """Too many attempts; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after)
        self.retry_after = retry_after
