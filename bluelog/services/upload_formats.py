"""The files of a picture in further formats, and the posts that are to tell browsers of them."""

import logging
from datetime import datetime

from sqlalchemy import update

from bluelog import storage
from bluelog.errors import RuleBroken
from bluelog.extensions import DERIVED, db
from bluelog.models import Post, Upload, UploadUse
from bluelog.queries.uploads import pictures_by_source
from bluelog.services import picture_formats
from bluelog.services.locks import lock_site
from bluelog.text.render import responsive, sources_in
from bluelog.uow import unit_of_work

log = logging.getLogger(__name__)


def make_next(upload_id: int, at: datetime) -> bool:
    """Make one file that is missing, or note that none is; whether one was made.

    One file a call, for an AVIF takes its time. A picture that cannot be read is logged and not
    tried again: the original answers for it.
    """
    upload = db.session.get(Upload, upload_id)
    if upload is None or upload.formats_at is not None:
        return False
    files = storage.current()
    missing = next((name for name in upload.format_names if not files.exists(name)), None)
    try:
        if missing is not None:
            _make(upload, missing)
            return True
    except (RuleBroken, FileNotFoundError):
        log.exception("No further formats could be made of the upload %s.", upload.filename)
    with unit_of_work():
        done = update(Upload).where(Upload.id == upload_id, Upload.formats_at.is_(None))
        # Readers were told of these addresses before.
        db.session.execute(done.values(formats_at=at), execution_options={DERIVED: True})
    return False


def renew_text(post_id: int) -> bool:
    """Have the text of a post tell browsers of its pictures' further formats; whether it changed.

    Its words stay as they are, and so does its version.
    """
    post = db.session.get(Post, post_id)
    if post is None:
        return False
    former = post.html
    html = str(responsive(former, pictures_by_source(sources_in(former)).get))
    with unit_of_work():
        lock_site()
        post = db.session.get(Post, post_id, with_for_update=True, populate_existing=True)
        if post is None or post.html != former:
            return False  # Somebody wrote meanwhile; the next turn takes what they wrote.
        post.html = html
        rows = update(UploadUse).where(UploadUse.post_id == post_id)
        db.session.execute(rows.values(is_dated=False))
    return html != former


def _make(upload: Upload, name: str) -> None:
    _digest, width, extension = storage.parts(name) or ("", None, "")
    is_drawing = upload.extension == "png" and "avif" not in upload.further_formats
    with storage.current().open(upload.filename) as file:
        data = file.read()
    made = picture_formats.made(data, width or upload.width, extension, is_drawing=is_drawing)
    storage.current().put(name, made)
