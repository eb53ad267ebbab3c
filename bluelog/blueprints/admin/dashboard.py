"""What needs doing, then what happened."""

from typing import Any

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.rendering import dashboard_page
from bluelog.models import PostStatus
from bluelog.queries import comments, operations, posts
from bluelog.queries.paging import Window
from bluelog.web.visitor import viewer

SHOWN = Window(5)


@bp.get("/")
def index() -> Any:
    """The front page of the dashboard."""
    person: Any = viewer()
    return dashboard_page(
        "admin/dashboard/index.html",
        counts=posts.managed_counts(person),
        drafts=posts.managed_page(person, SHOWN, status=PostStatus.DRAFT).items,
        reviews=posts.managed_page(person, SHOWN, status=PostStatus.PENDING).items,
        recent=posts.managed_page(person, SHOWN, status=PostStatus.PUBLISHED).items,
        comments=comments.moderated_page(person, SHOWN).items if person.may_publish else [],
        failed_mail=operations.failed_mail_count() if person.is_administrator else 0,
    )
