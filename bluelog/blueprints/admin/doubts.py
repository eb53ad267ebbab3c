"""Asking once before something is published that is better looked at."""

from dataclasses import dataclass, field

from flask import request

from bluelog.clock import now
from bluelog.models import Post
from bluelog.services import checks, previews
from bluelog.services.checks import Finding
from bluelog.services.content import Content

ASKED = "asked"


@dataclass(frozen=True)
class Checked:
    """What was found, and whether publishing waits for a word on it."""

    findings: list[Finding] = field(default_factory=list)
    asks: bool = False

    @property
    def serious(self) -> list[Finding]:
        return checks.serious(self.findings)

    @property
    def mark(self) -> str:
        """What the form says when it is sent again, to publish all the same."""
        return checks.mark_of(self.serious) if self.asks else ""


class Doubtful(Exception):
    """Publishing should be confirmed."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("doubtful")
        self.checked = Checked(findings, asks=True)


def check(content: Content, post: Post | None, kind: str) -> Checked:
    """What is to be said of a form as it was sent. Raises RuleBroken("source")."""
    at = now()
    shown = previews.as_typed(content, post, kind, at)
    return Checked(checks.findings(shown, at, former=post))


def ask_once(content: Content, post: Post | None, kind: str) -> None:
    """Let pass what has nothing serious, or what was asked about. Raises Doubtful."""
    checked = check(content, post, kind)
    if checked.serious and request.form.get(ASKED) != checks.mark_of(checked.serious):
        raise Doubtful(checked.findings)


def check_saved(post: Post) -> Checked:
    """What is to be said of a post as it is saved."""
    return Checked(checks.findings(post, now()))
