"""What has happened. Reactions learn of it by these; a service records one with its change."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """Anything that happened."""


@dataclass(frozen=True, slots=True)
class PostSubmitted(Event):
    post_id: int


@dataclass(frozen=True, slots=True)
class PostReturned(Event):
    post_id: int
    by_id: int
    note: str


@dataclass(frozen=True, slots=True)
class PostPublished(Event):
    post_id: int
    by_id: int


@dataclass(frozen=True, slots=True)
class CommentSubmitted(Event):
    comment_id: int


@dataclass(frozen=True, slots=True)
class CommentApproved(Event):
    comment_id: int


@dataclass(frozen=True, slots=True)
class LinkIssued(Event):
    """A token was made whose link is to be mailed to its owner."""

    token_id: int


@dataclass(frozen=True, slots=True)
class LinkAsked(Event):
    """Someone wants a link for the account of an address, if there is one."""

    email: str
    purpose: str


@dataclass(frozen=True, slots=True)
class UploadStored(Event):
    upload_id: int


@dataclass(frozen=True, slots=True)
class BackupFailed(Event):
    """A backup was not made, or not proven."""

    at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class Act(Event):
    """Something a person did that is kept in the audit trail.

    `before` holds the former states, by id, of what can be undone.
    """

    action: str
    actor_id: int | None
    at: datetime
    subject: str
    subject_id: int | None = None
    before: dict[str, Any] = field(default_factory=dict)
