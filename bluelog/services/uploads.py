"""Uploads: each picture is kept once, whoever sends it and however often."""

import hashlib
import logging
from datetime import datetime

from sqlalchemy import select

from bluelog import storage
from bluelog.errors import NotAllowed, RuleBroken
from bluelog.events import UploadStored
from bluelog.extensions import db
from bluelog.models import Upload, User
from bluelog.queries.uploads import upload_with_content
from bluelog.services import limits, pictures
from bluelog.services.locks import lock_site
from bluelog.services.pictures import Picture
from bluelog.uow import record, unit_of_work

log = logging.getLogger(__name__)

WIDTHS = (480, 960, 1440)
_LONGEST_NAME = 255


def store(data: bytes, filename: str, *, by: User, at: datetime, max_bytes: int) -> Upload:
    """Keep a picture; one that is kept already is answered with its row.

    The file is there before the row is: a crash between leaves a file that the next try uses.
    Raises NotAllowed, LimitReached, RuleBroken("upload"). Emits UploadStored.
    """
    _check_right(by)
    limits.spend(limits.UPLOAD_USER, str(by.id), at=at)
    source_digest = hashlib.sha256(data).hexdigest()
    known = upload_with_content(source_digest)
    if known is not None and storage.current().exists(known.filename):
        return known
    picture = pictures.decode(data, max_bytes=max_bytes)
    upload = _row(picture, source_digest, filename, at)
    if not storage.current().exists(upload.filename):
        storage.current().put(upload.filename, picture.data)
    return _kept_once(upload, by)


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


def _row(picture: Picture, source_digest: str, filename: str, at: datetime) -> Upload:
    widths = [] if picture.is_animated else [w for w in WIDTHS if w < picture.width]
    return Upload(
        digest=hashlib.sha256(picture.data).hexdigest(),
        source_digest=source_digest,
        extension=picture.extension,
        width=picture.width,
        height=picture.height,
        size=len(picture.data),
        original_name=_base_name(filename),
        widths=",".join(map(str, widths)),
        variants_at=None if widths else at,
        created_at=at,
    )


def _base_name(filename: str) -> str:
    """The name to show: without a folder, and without characters that no screen shows."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in last if char.isprintable())[-_LONGEST_NAME:]


def _kept_once(upload: Upload, by: User) -> Upload:
    with unit_of_work():
        lock_site()
        _check_right(by)
        query = select(Upload).where(Upload.digest == upload.digest)
        known: Upload | None = db.session.scalar(query)
        if known is not None:
            return known
        upload.user_id = by.id
        db.session.add(upload)
        db.session.flush()  # The event names the new row.
        record(UploadStored(upload.id))
    return upload


def _write_variants(upload: Upload) -> None:
    files = storage.current()
    missing = [w for w in upload.variant_widths if not files.exists(upload.variant_name(w))]
    if not missing:
        return
    with files.open(upload.filename) as file:
        data = file.read()
    for width in missing:
        files.put(upload.variant_name(width), pictures.variant(data, width))
