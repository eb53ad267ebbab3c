"""Asking once before something becomes public that is better looked at."""

from dataclasses import dataclass, field

from flask import request

from bluelog.clock import now
from bluelog.models import PUBLIC_STATUSES, Post, PostStatus
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
        return " ".join(sorted(checks.marks_of(self.serious))) if self.asks else ""


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
    """Let pass what has nothing serious but what was asked about or is public already.

    Raises Doubtful.
    """
    checked = check(content, post, kind)
    unasked = checks.marks_of(checked.serious) - set(request.form.get(ASKED, "").split())
    if unasked and post is not None and is_seen(post):
        unasked -= checks.marks_of(check_saved(post).serious)
    if unasked:
        raise Doubtful(checked.findings)


def is_seen(post: Post) -> bool:
    """Whether readers see the post, or will without a further word, or would again."""
    status = post.former_status if post.status == PostStatus.TRASHED else post.status
    return status in PUBLIC_STATUSES


def check_saved(post: Post) -> Checked:
    """What is to be said of a post as it is saved."""
    return Checked(checks.findings(post, now()))
