"""What is stored."""

from bluelog.models.archive import ArchiveMonth
from bluelog.models.comment import Comment, CommentModerator, CommentStatus, MailOptOut
from bluelog.models.history import Presence, Revision, WorkingCopy
from bluelog.models.menu import EntryKind, Menu, MenuItem
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
from bluelog.models.preview_link import PreviewLink
from bluelog.models.reading import (
    EVER,
    OTHER_SITES,
    OWN_SITE,
    UNKNOWN_SITE,
    MissingAddress,
    PostRead,
    PostReadTotal,
    ReadLog,
    SiteRead,
)
from bluelog.models.relation import PostRelation, RelationDue
from bluelog.models.series import Series
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
from bluelog.models.upload import (
    KEPT_STATES,
    SitePlace,
    Upload,
    UploadFormerUse,
    UploadSiteUse,
    UploadState,
    UploadUnsavedUse,
    UploadUse,
)
from bluelog.models.user import AccountStatus, Role, Token, TokenPurpose, User, UserSession

__all__ = [
    "EVER",
    "KEPT_STATES",
    "OTHER_SITES",
    "OWN_SITE",
    "PUBLIC_STATUSES",
    "UNKNOWN_SITE",
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
    "EntryKind",
    "ImportedItem",
    "Link",
    "MailOptOut",
    "MailStatus",
    "Menu",
    "MenuItem",
    "MissingAddress",
    "OutgoingMail",
    "Post",
    "PostAuthor",
    "PostKind",
    "PostRead",
    "PostReadTotal",
    "PostRelation",
    "PostStatus",
    "PostTag",
    "Presence",
    "PreviewLink",
    "ReadLog",
    "Redirect",
    "RelationDue",
    "Revision",
    "Role",
    "Series",
    "Site",
    "SitePlace",
    "SiteRead",
    "Tag",
    "Token",
    "TokenPurpose",
    "Upload",
    "UploadFormerUse",
    "UploadSiteUse",
    "UploadState",
    "UploadUnsavedUse",
    "UploadUse",
    "User",
    "UserSession",
    "WorkingCopy",
]
