"""Uploads: each picture is kept once, whoever sends it and however often."""

import hashlib
import logging
import unicodedata
from datetime import datetime

from sqlalchemy import select

from bluelog import storage
from bluelog.errors import NotAllowed, RuleBroken
from bluelog.events import UploadStored
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import KEPT_STATES, Upload, UploadState, User
from bluelog.models.upload import LARGEST_FORMAT_WIDTH
from bluelog.queries.uploads import upload_with_content
from bluelog.services import limits, picture_formats, pictures
from bluelog.services.locks import lock_site
from bluelog.services.pictures import Picture
from bluelog.storage import StorageAway
from bluelog.uow import record, unit_of_work

log = logging.getLogger(__name__)

WIDTHS = (480, 960, 1440)
_LONGEST_NAME = 255


def store(data: bytes, filename: str, *, by: User, at: datetime, max_bytes: int) -> Upload:
    """Keep a picture; one that is kept already is answered with its row.

    The file is there before the row is: a crash between leaves a file that the next try uses.
    One that is in the trash comes out of it. Raises NotAllowed, LimitReached,
    RuleBroken("upload"), and StorageAway where its files are being deleted just now. Emits
    UploadStored.
    """
    _check_right(by)
    limits.spend(limits.UPLOAD_USER, str(by.id), at=at)
    source_digest = hashlib.sha256(data).hexdigest()
    known = upload_with_content(source_digest)
    if known is not None and storage.current().exists(known.filename):
        return known if known.state in KEPT_STATES else _kept_once(known, by)
    picture = pictures.decode(data, max_bytes=max_bytes)
    upload = row_of(picture, source_digest, filename, at)
    name = upload.filename
    _put_if_missing(name, picture.data)
    kept = _kept_once(upload, by)
    # The worker may have deleted it since, with the row of the same picture before this one.
    _put_if_missing(name, picture.data)
    return kept


def _put_if_missing(name: str, data: bytes) -> None:
    if not storage.current().exists(name):
        storage.current().put(name, data)


def as_cover(upload_id: int | None) -> int | None:
    """The id of a picture that is there, within the open unit of work. Raises RuleBroken."""
    upload = db.session.get(Upload, upload_id) if upload_id else None
    if upload_id and (upload is None or upload.state == UploadState.GOING):
        raise RuleBroken("cover_id", _l("This picture is gone. Choose another one."))
    return upload_id


def make_variants(upload_id: int, at: datetime) -> bool:
    """Make the narrower files of an upload; whether they were made by this call.

    An upload that cannot be read is logged and not tried again: the original answers for it.
    """
    upload = db.session.get(Upload, upload_id)
    if upload is None or upload.variants_at is not None:
        return False
    try:
        _write_variants(upload)
        made = True
    except (RuleBroken, FileNotFoundError):
        log.exception("No variants could be made of the upload %s.", upload.filename)
        made = False
    with unit_of_work():
        row = db.session.get(Upload, upload_id, with_for_update=True, populate_existing=True)
        if row is None or row.variants_at is not None:
            return False
        row.variants_at = at
    return made


def _check_right(by: User) -> None:
    if not (by.is_active and by.may_publish):
        raise NotAllowed


def row_of(picture: Picture, source_digest: str, filename: str, at: datetime) -> Upload:
    """The row of a picture that was decoded."""
    formats = picture_formats.further_formats(picture, LARGEST_FORMAT_WIDTH)
    name = _base_name(filename)
    widths = [] if picture.is_animated else [w for w in WIDTHS if w < picture.width]
    return Upload(
        digest=hashlib.sha256(picture.data).hexdigest(),
        source_digest=source_digest,
        extension=picture.extension,
        width=picture.width,
        height=picture.height,
        size=len(picture.data),
        original_name=name,
        search_text=searched_text(name),
        widths=",".join(map(str, widths)),
        variants_at=None if widths else at,
        formats=",".join(formats),
        formats_at=None if formats else at,
        created_at=at,
    )


def searched_text(*words: str) -> str:
    """What a picture is searched by: its words, whatever their case and width."""
    return unicodedata.normalize("NFKC", "\n".join(filter(None, words))).casefold()


def _base_name(filename: str) -> str:
    """The name to show: without a folder, and without characters that no screen shows."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[-_LONGEST_NAME:]


def _kept_once(upload: Upload, by: User) -> Upload:
    digest = upload.digest
    with unit_of_work():
        lock_site()
        _check_right(by)
        query = select(Upload).where(Upload.digest == digest).with_for_update()
        known: Upload | None = db.session.scalar(query)
        if known is not None:
            return _taken_out(known)
        upload.user_id = by.id
        db.session.add(upload)
        db.session.flush()  # The event names the new row.
        record(UploadStored(upload.id))
    return upload


def _taken_out(upload: Upload) -> Upload:
    if upload.state == UploadState.GOING:
        raise StorageAway("the files of this picture are being deleted")
    if upload.state == UploadState.TRASHED:
        upload.state, upload.trashed_at = UploadState.UNUSED, None
    return upload


def _write_variants(upload: Upload) -> None:
    files = storage.current()
    missing = [w for w in upload.variant_widths if not files.exists(upload.variant_name(w))]
    if not missing:
        return
    with files.open(upload.filename) as file:
        data = file.read()
    for width in missing:
        files.put(upload.variant_name(width), picture_formats.made(data, width))
