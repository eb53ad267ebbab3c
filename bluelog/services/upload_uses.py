"""Which posts, unsaved texts, earlier versions of posts and parts of the blog itself show which
pictures: kept in the transaction that changes any of them.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, exists, insert, or_, select, update

from bluelog.extensions import db
from bluelog.models import (
    MenuItem,
    Post,
    Revision,
    Site,
    SitePlace,
    Upload,
    UploadFormerUse,
    UploadSiteUse,
    UploadState,
    UploadUnsavedUse,
    UploadUse,
    WorkingCopy,
)
from bluelog.queries.portions import in_portions

_IN_HTML = re.compile("/uploads/([0-9a-f]{64})")

_SITE_TEXTS: dict[SitePlace, Any] = {
    SitePlace.SETTINGS: select(Site.custom_css, Site.custom_js, Site.footer),
    SitePlace.MENU: select(MenuItem.url),
}

Use = tuple[int, int, bool, bool]


def keep(post_ids: Iterable[int]) -> None:
    """Write down what these posts show now. A picture in the trash that one shows comes out of it.

    By the session's connection, for a session takes no statement of its own while it is flushed.
    """
    connection = db.session.connection()
    for some in in_portions(sorted(post_ids)):
        _keep(connection, some)


def keep_unsaved(copy_id: int, content: Mapping[str, Any]) -> None:
    """Write down what a working copy shows now; as a post does, it takes that out of the trash."""
    connection = db.session.connection()
    its = UploadUnsavedUse.copy_id == copy_id
    former = set(connection.scalars(select(UploadUnsavedUse.upload_id).where(its)))
    wanted = _shown_in(connection, content)
    if gone := former - wanted:
        here = UploadUnsavedUse.upload_id.in_(sorted(gone))
        connection.execute(delete(UploadUnsavedUse).where(its, here))
    if new := sorted(wanted - former):
        rows = [{"upload_id": upload_id, "copy_id": copy_id} for upload_id in new]
        connection.execute(insert(UploadUnsavedUse), rows)
    settle(former ^ wanted)


def keep_former(revisions: Iterable[Revision]) -> None:
    """Write down what these revisions show. No picture stays for them: a post may show it again."""
    connection = db.session.connection()
    rows = [
        {"upload_id": upload_id, "post_id": revision.post_id, "revision_id": revision.id}
        for revision in revisions
        for upload_id in sorted(_shown_in(connection, revision.fields))
    ]
    if rows:
        connection.execute(insert(UploadFormerUse), rows)


def keep_site(place: SitePlace) -> None:
    """Write down what that part of the blog shows now; it takes that out of the trash as well."""
    connection = db.session.connection()
    its = UploadSiteUse.place == place
    former = set(connection.scalars(select(UploadSiteUse.upload_id).where(its)))
    texts = (text for row in connection.execute(_SITE_TEXTS[place]) for text in row if text)
    digests: set[str] = set().union(*map(_digests, texts))
    wanted = set(_ids_of(connection, digests).values()) if digests else set()
    if gone := former - wanted:
        connection.execute(
            delete(UploadSiteUse).where(its, UploadSiteUse.upload_id.in_(sorted(gone)))
        )
    if new := sorted(wanted - former):
        rows = [{"upload_id": upload_id, "place": place} for upload_id in new]
        connection.execute(insert(UploadSiteUse), rows)
    settle(former ^ wanted)


def settle(upload_ids: Iterable[int]) -> None:
    """Have these pictures say whether anything shows them: a post, an unsaved text, the blog."""
    connection = db.session.connection()
    for some in in_portions(sorted(upload_ids)):
        these, is_shown = Upload.id.in_(some), is_in_use()
        taken = these & is_shown & Upload.state.in_((UploadState.UNUSED, UploadState.TRASHED))
        left = these & ~is_shown & (Upload.state == UploadState.USED)
        shown = {"state": UploadState.USED, "trashed_at": None}
        connection.execute(update(Upload).where(taken).values(shown))
        connection.execute(update(Upload).where(left).values(state=UploadState.UNUSED))


def shown_by(post_ids: Iterable[int]) -> set[int]:
    """The pictures that these posts show, by their ids."""
    query = select(UploadUse.upload_id).where(UploadUse.post_id.in_(sorted(post_ids)))
    return set(db.session.scalars(query))


def unsaved_shows(copies: ColumnElement[bool]) -> set[int]:
    """The pictures that these working copies show, by their ids."""
    query = select(UploadUnsavedUse.upload_id).join(WorkingCopy).where(copies)
    return set(db.session.scalars(query))


def has(use: type[UploadUse | UploadSiteUse], upload: Upload) -> bool:
    """Whether the picture is used in that way."""
    return bool(db.session.scalar(select(exists().where(use.upload_id == upload.id))))


def is_in_use() -> ColumnElement[bool]:
    """Whether a post, an unsaved text or the blog itself shows the picture."""
    uses = (UploadUse, UploadUnsavedUse, UploadSiteUse)
    return or_(*(exists().where(use.upload_id == Upload.id) for use in uses))


def _keep(connection: Connection, post_ids: Sequence[int]) -> None:
    columns = (UploadUse.upload_id, UploadUse.post_id, UploadUse.in_text, UploadUse.as_cover)
    query = select(*columns).where(UploadUse.post_id.in_(post_ids))
    former = {tuple(row) for row in connection.execute(query)}
    wanted = _wanted(connection, post_ids)
    gone, new = former - wanted, wanted - former
    for upload_id, post_id, *_ in gone:
        here = (UploadUse.upload_id == upload_id, UploadUse.post_id == post_id)
        connection.execute(delete(UploadUse).where(*here))
    if new:
        names = ("upload_id", "post_id", "in_text", "as_cover")
        rows = [dict(zip(names, use, strict=True)) | {"is_dated": False} for use in sorted(new)]
        connection.execute(insert(UploadUse), rows)
    settle({use[0] for use in gone | new})


def _wanted(connection: Connection, post_ids: Sequence[int]) -> set[Use]:
    query = select(Post.id, Post.html, Post.cover_id).where(Post.id.in_(post_ids))
    posts = [(row.id, _digests(row.html), row.cover_id) for row in connection.execute(query)]
    known = _ids_of(connection, set().union(*(digests for _, digests, _ in posts)))
    found: set[Use] = set()
    for post_id, digests, cover_id in posts:
        in_text = {known[digest] for digest in digests if digest in known}
        shown = in_text | ({cover_id} if cover_id else set())
        found |= {(each, post_id, each in in_text, each == cover_id) for each in shown}
    return found


def _digests(html: str) -> set[str]:
    return set(_IN_HTML.findall(html)) if "/uploads/" in html else set()


def _ids_of(connection: Connection, digests: set[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in in_portions(sorted(digests)):
        # One that is going has no files any more.
        there = (Upload.digest.in_(some), Upload.state != UploadState.GOING)
        rows = connection.execute(select(Upload.digest, Upload.id).where(*there))
        found |= {row.digest: row.id for row in rows}
    return found


def _shown_in(connection: Connection, content: Mapping[str, Any]) -> set[int]:
    """The pictures of a text as it is written, and its cover."""
    digests, cover_id = _digests(content.get("source") or ""), content.get("cover_id")
    found = set(_ids_of(connection, digests).values()) if digests else set()
    if cover_id:
        there = (Upload.id == cover_id, Upload.state != UploadState.GOING)
        found |= set(connection.scalars(select(Upload.id).where(*there)))
    return found
