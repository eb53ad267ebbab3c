"""What is stored."""

from bluelog.models.archive import ArchiveMonth
from bluelog.models.comment import Comment, CommentModerator, CommentStatus, MailOptOut
from bluelog.models.outgoing_mail import MailStatus, OutgoingMail
from bluelog.models.post import (
    PUBLIC_STATUSES,
    Category,
    Post,
    PostAuthor,
    PostKind,
    PostStatus,
    Redirect,
)
from bluelog.models.site import (
    AttemptCount,
    AuditEvent,
    ContentRevision,
    Counter,
    ImportedItem,
    Link,
    Site,
)
from bluelog.models.tag import PostTag, Tag
from bluelog.models.upload import Upload
from bluelog.models.user import AccountStatus, Role, Token, TokenPurpose, User, UserSession

__all__ = [
    "PUBLIC_STATUSES",
    "AccountStatus",
    "ArchiveMonth",
    "AttemptCount",
    "AuditEvent",
    "Category",
    "Comment",
    "CommentModerator",
    "CommentStatus",
    "ContentRevision",
    "Counter",
    "ImportedItem",
    "Link",
    "MailOptOut",
    "MailStatus",
    "OutgoingMail",
    "Post",
    "PostAuthor",
    "PostKind",
    "PostStatus",
    "PostTag",
    "Redirect",
    "Role",
    "Site",
    "Tag",
    "Token",
    "TokenPurpose",
    "Upload",
    "User",
    "UserSession",
]
