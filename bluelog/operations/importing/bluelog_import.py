"""Bringing in a database of the original Bluelog or of its second edition, whole or not at all."""

from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from bluelog.extensions import db
from bluelog.i18n import CATALOGUES, force_locale
from bluelog.models import Post, PostKind, Site
from bluelog.operations.importing import (
    account,
    categories,
    comments,
    ledger,
    links,
    posts,
    preferences,
)
from bluelog.operations.importing.drafts import Drafts, drafted
from bluelog.operations.importing.pictures import Gallery
from bluelog.operations.importing.report import Report
from bluelog.operations.importing.run import Run
from bluelog.operations.importing.slugs import Style
from bluelog.operations.importing.source import Source
from bluelog.operations.progress import Progress, silently
from bluelog.services import archive, upload_uses
from bluelog.services.locks import lock_site
from bluelog.uow import unit_of_work


@dataclass(frozen=True)
class Wishes:
    """What the operator asked for."""

    email: str | None = None
    uploads: Path | None = None
    with_code: bool = True
    dry_run: bool = False
    max_upload_bytes: int = 10 * 1024**2
    language: str = "en"  # of a blog that is set up by the import and has no posts to tell it


class _Rehearsed(Exception):
    pass


def import_bluelog(
    source: Source, wishes: Wishes, *, at: datetime, progress: Progress = silently
) -> Report:
    """Bring everything in that did not come in before, in one transaction.

    A rehearsal (`dry_run`) does it all and takes it back, so its report is exact. No mail is
    queued and no event recorded. Raises SourceError, RuleBroken.
    """
    report = Report()
    with TemporaryDirectory(prefix="bluelog-import-") as stage, force_locale("en"):
        limit = wishes.max_upload_bytes
        gallery = Gallery(wishes.uploads, Path(stage), report, at=at, max_bytes=limit)
        with drafted(source, ledger.read(source), gallery, progress) as drafts:
            gallery.take_rest()
            hung = nullcontext() if wishes.dry_run else gallery.hung()
            with suppress(_Rehearsed), hung, unit_of_work():
                lock_site()
                made = preferences.ensure_site(drafts, wishes.language, report=report, at=at)
                undated = drafts.earliest or at
                run = Run(source, ledger.read(source), report, at, undated, progress)
                fresh = made or preferences.takes_settings(source, run.ledger)
                _write(run, drafts, gallery, wishes, fresh=fresh)
                if wishes.dry_run:
                    raise _Rehearsed
    return report


def _write(run: Run, drafts: Drafts, gallery: Gallery, wishes: Wishes, *, fresh: bool) -> None:
    here = db.session.scalars(select(Site)).one()
    with force_locale(CATALOGUES.get(here.language, "en")):
        ledger.sign(run.ledger, run.source)
        author_id = account.bring(run, wishes.email)
        if fresh:
            preferences.take(run, drafts, here, author_id=author_id, with_code=wishes.with_code)
        else:
            preferences.leave(run)
        _write_content(run, drafts, gallery, author_id, fresh=fresh, style=_style(here))


def _write_content(
    run: Run, drafts: Drafts, gallery: Gallery, author_id: int, *, fresh: bool, style: Style
) -> None:
    categories.bring(run, style)
    category_id = categories.settle_default(run, fresh=fresh)
    gallery.write(author_id)
    # The pages came before the pictures that they show.
    pages = db.session.scalars(select(Post.id).where(Post.kind == PostKind.PAGE)).all()
    upload_uses.keep(pages)
    posts.bring(run, drafts, author_id=author_id, category_id=category_id, style=style)
    categories.count_posts()
    archive.count_anew()
    comments.bring(run, admin_id=author_id)
    links.bring(run)


def _style(here: Site) -> Style:
    return "native" if here.slug_style == "native" else "pinyin"
