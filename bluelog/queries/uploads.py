"""Stored pictures; whoever knows an address may see what is there."""

from collections.abc import Iterable

from sqlalchemy import or_, select

from bluelog import storage
from bluelog.extensions import db
from bluelog.models import Upload, UploadUse
from bluelog.queries.portions import in_portions
from bluelog.text.render import Picture

PREFIX = "/uploads/"


def pictures_by_source(sources: Iterable[str]) -> dict[str, Picture]:
    """The pictures among these `src` values that are uploads of ours, as pages show them."""
    digests = {source: digest for source in sources if (digest := _digest(source))}
    found = _uploads_by_digest(sorted(set(digests.values())))
    return {
        source: picture_of(found[digest]) for source, digest in digests.items() if digest in found
    }


def picture_of(upload: Upload) -> Picture:
    """The upload with the addresses of its variants, those not made yet as well."""
    variants = tuple((w, PREFIX + upload.variant_name(w)) for w in upload.variant_widths)
    formats = tuple(
        (
            storage.media_type(f".{extension}"),
            tuple((w, PREFIX + upload.variant_name(w, extension)) for w in upload.format_widths),
        )
        for extension in upload.further_formats
    )
    return Picture(PREFIX + upload.filename, upload.width, upload.height, variants, formats)


def upload_with_content(digest: str) -> Upload | None:
    """The upload that was sent with this digest, or is stored under it."""
    query = select(Upload).where(or_(Upload.source_digest == digest, Upload.digest == digest))
    return db.session.scalar(query.order_by(Upload.id).limit(1))


def original_of(name: str) -> str | None:
    """The file that answers for a variant that is not made yet."""
    digest, width, _extension = storage.parts(name) or ("", None, "")
    if width is None:
        return None
    upload = db.session.scalar(select(Upload).where(Upload.digest == digest))
    return upload.filename if upload and name in upload.file_names else None


def pending_variants(limit: int) -> list[int]:
    """Ids of the uploads whose variants are still to be made, oldest first."""
    query = select(Upload.id).where(Upload.variants_at.is_(None)).order_by(Upload.id)
    return list(db.session.scalars(query.limit(limit)))


def pending_formats() -> int | None:
    """The oldest upload whose files in further formats are still to be made."""
    query = select(Upload.id).where(Upload.formats_at.is_(None)).order_by(Upload.id)
    return db.session.scalar(query.limit(1))


def dated_post() -> int | None:
    """A post whose text is to be told of a picture's further formats, which are made."""
    first = select(UploadUse).where(UploadUse.is_dated).order_by(UploadUse.upload_id).limit(1)
    use = db.session.scalar(first)
    if use is None or db.session.get_one(Upload, use.upload_id).formats_at is None:
        return None  # Pictures have their turn in the same order.
    return use.post_id


def _digest(source: str) -> str | None:
    name = source.removeprefix(PREFIX)
    found = storage.parts(name) if name != source else None
    return found[0] if found else None


def _uploads_by_digest(digests: list[str]) -> dict[str, Upload]:
    found: dict[str, Upload] = {}
    for some in in_portions(digests):
        rows = db.session.scalars(select(Upload).where(Upload.digest.in_(some)))
        found |= {upload.digest: upload for upload in rows}
    return found
