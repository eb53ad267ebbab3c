"""The media library: words for a picture, and its way out and back."""

from datetime import datetime

from flask_babel import LazyString
from sqlalchemy import Executable, delete, select, update

from bluelog import storage
from bluelog.errors import NotFound, RuleBroken
from bluelog.events import Act
from bluelog.extensions import DERIVED, db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Upload, UploadSiteUse, UploadState, UploadUse, User
from bluelog.queries.library import uploads_managed_by
from bluelog.services import upload_uses
from bluelog.services.locks import lock_site
from bluelog.services.overdue import TRASH_KEPT
from bluelog.services.uploads import searched_text
from bluelog.uow import record, unit_of_work

_IN_POSTS = _l("This picture is in use. Take it out of the posts first.")
_IN_SITE = _l("This picture is in use. Take it out of the settings or the menus first.")
_UNSAVED = _l("This picture is in a text that somebody has not saved yet.")


def describe(upload_id: int, alt: str, caption: str, *, by: User) -> Upload:
    """Keep the words that a picture begins with wherever it is put. Posts keep their own."""
    with unit_of_work():
        upload = _locked(upload_id, by)
        upload.alt, upload.caption = alt, caption
        upload.search_text = searched_text(upload.original_name, alt, caption)
    return upload


def trash(upload_id: int, *, by: User, at: datetime) -> Upload:
    """Put an unused picture in the trash; its files are deleted after 30 days.

    Raises RuleBroken where a post, an unsaved text or the blog itself shows it.
    """
    with unit_of_work():
        lock_site()
        upload = _locked(upload_id, by)
        if upload.state == UploadState.USED:
            raise RuleBroken(None, _who_shows(upload))
        if upload.state == UploadState.UNUSED:
            before = {str(upload.id): UploadState.UNUSED}
            record(Act("upload.trashed", by.id, at, "upload", upload.id, before))
            upload.state, upload.trashed_at = UploadState.TRASHED, at
    return upload


def restore(upload_id: int, *, by: User) -> Upload:
    """Take a picture out of the trash."""
    with unit_of_work():
        lock_site()
        return _restored(upload_id, by)


def put_back(before: dict[str, str], _left_in: str, *, by: User, at: datetime) -> int:
    """Take pictures out of the trash, within the unit of work that is open; how many are."""
    del at
    return len([_restored(int(key), by) for key in before])


def purge_trash(at: datetime) -> int:
    """Have the worker delete what has been in the trash for 30 days; how many there were.

    From now on nobody can use them: the files go after this is committed, and the rows last.
    """
    with unit_of_work():
        lock_site()
        query = select(Upload.id).where(Upload.trashed_at < at - TRASH_KEPT)
        ids = db.session.scalars(query.order_by(Upload.trashed_at).limit(100)).all()
        if ids:
            in_trash = Upload.state == UploadState.TRASHED
            rows = update(Upload).where(Upload.id.in_(ids), in_trash, ~upload_uses.is_in_use())
            _write(rows.values(state=UploadState.GOING, trashed_at=None))
    return len(ids)


def delete_files(upload_id: int) -> None:
    """Delete every file of a picture that is going, and its row when they are gone."""
    upload = db.session.get(Upload, upload_id)
    if upload is None or upload.state != UploadState.GOING:
        return
    # The original last: as long as it is there, so is what is to be done.
    for name in reversed(upload.file_names):
        storage.current().delete(name)
    with unit_of_work():
        _write(delete(Upload).where(Upload.id == upload_id, Upload.state == UploadState.GOING))


def _who_shows(upload: Upload) -> LazyString:
    if upload_uses.has(UploadUse, upload):
        return _IN_POSTS
    return _IN_SITE if upload_uses.has(UploadSiteUse, upload) else _UNSAVED


def _locked(upload_id: int, by: User) -> Upload:
    query = uploads_managed_by(by).where(Upload.id == upload_id).with_for_update()
    upload: Upload | None = db.session.scalar(query.execution_options(populate_existing=True))
    if upload is None:
        raise NotFound
    return upload


def _restored(upload_id: int, by: User) -> Upload:
    upload = _locked(upload_id, by)
    if upload.state == UploadState.TRASHED:
        upload.state, upload.trashed_at = UploadState.UNUSED, None
    return upload


def _write(statement: Executable) -> None:
    """Write what readers see nothing of."""
    options = {DERIVED: True, "synchronize_session": False}
    db.session.execute(statement, execution_options=options)
