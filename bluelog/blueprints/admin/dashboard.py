"""What needs doing, then what happened."""

from typing import Any

from flask import current_app

from bluelog import mail
from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.rendering import dashboard_page
from bluelog.clock import now
from bluelog.models import PostStatus
from bluelog.operations.backup.blog import backup_folder
from bluelog.operations.backup.standing import Standing, standing
from bluelog.queries import comments, operations, people, posts
from bluelog.queries.history import stranded_copies
from bluelog.queries.managed import Wish, managed_page
from bluelog.queries.paging import Window
from bluelog.web.visitor import viewer

SHOWN = Window(5)


@bp.get("/")
def index() -> Any:
    """The front page of the dashboard."""
    person: Any = viewer()
    return dashboard_page(
        "admin/dashboard/index.html",
        stranded=stranded_copies(person),
        counts=posts.managed_counts(person),
        drafts=managed_page(person, Wish(status=PostStatus.DRAFT), SHOWN).items,
        reviews=managed_page(person, Wish(status=PostStatus.PENDING), SHOWN).items,
        recent=managed_page(person, Wish(status=PostStatus.PUBLISHED), SHOWN).items,
        comments=comments.moderated_page(person, SHOWN).items if person.may_publish else [],
        failed_mail=operations.failed_mail_count() if person.is_administrator else 0,
        registered=_registered() if person.is_administrator else 0,
        backup=_backup() if person.is_administrator else None,
    )


def _registered() -> int:
    """How many wait for an administrator: with mail, people confirm their address themselves."""
    return 0 if mail.is_configured() else people.registered_count()


def _backup() -> Standing:
    config = current_app.config
    is_production = config["FLASK_CONFIG"] == "production"
    return standing(backup_folder(config), now(), is_production=is_production)
