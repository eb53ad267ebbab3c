"""The other blog's pictures: found in its posts, stored here, and addressed anew."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from bluelog import storage
from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import Upload
from bluelog.operations.importing import addresses
from bluelog.operations.importing.report import Kind, Outcome, Report
from bluelog.queries.uploads import PREFIX, picture_of, upload_with_content
from bluelog.services import pictures
from bluelog.services.uploads import row_of
from bluelog.storage import StorageAway
from bluelog.text.nesting import nesting
from bluelog.text.render import Picture
from bluelog.text.sanitise import MAX_NESTING
from bluelog.text.tree import parse, serialise
from bluelog.text.urls import as_browsers_see

_UPLOADED = re.compile(r"/(?:admin/)?uploads/(.+)")
_SUFFIXES = {".gif", ".jpeg", ".jpg", ".png", ".webp"}
_NO_FOLDER = "no folder was named by --uploads; it can be named in a later run"


class Gallery:
    """Every picture of the other blog, once each. `stage` keeps their files until they are hung."""

    def __init__(
        self, folder: Path | None, stage: Path, report: Report, *, at: datetime, max_bytes: int
    ) -> None:
        self._folder = folder.resolve() if folder else None
        self._stage = stage
        self._report = report
        self._at = at
        self._max_bytes = max_bytes
        self._by_name: dict[str, Upload | None] = {}
        self._by_url: dict[str, Picture] = {}

    def rewritten(self, html: str, place: str) -> str:
        """The HTML with the addresses that its pictures have here; `place` is for the report."""
        if "uploads/" not in html or nesting(html) > MAX_NESTING:
            return html
        body = parse(html)
        for tag, attribute in (("img", "src"), ("a", "href")):
            for node in body.css(f"{tag}[{attribute}]"):
                name = _uploaded_name(node.attributes[attribute] or "")
                upload = self._upload(name, place) if name else None
                if upload is not None:
                    node.attrs[attribute] = PREFIX + upload.filename
        return serialise(body)

    def take_rest(self) -> None:
        """Take what the folder holds beside: other pages may show it by its old address."""
        for path in sorted(self._folder.rglob("*")) if self._folder else ():
            if path.suffix.lower() in _SUFFIXES and path.is_file():
                self._upload(path.relative_to(str(self._folder)).as_posix(), "the folder")

    def picture(self, url: str) -> Picture | None:
        """The sizes of a picture by its address here."""
        return self._by_url.get(url)

    @contextmanager
    def hung(self) -> Iterator[None]:
        """Put the files where readers find them; take them away again if what follows fails."""
        files, put = storage.current(), []
        try:
            for staged in sorted(self._stage.iterdir()):
                if not files.exists(staged.name):
                    put.append(staged.name)
                    files.put(staged.name, staged.read_bytes())
            yield
        except BaseException:
            for name in put:
                # Somebody may have uploaded the same picture in the meantime.
                if upload_with_content(name.partition(".")[0]) is None:
                    with suppress(StorageAway):  # A file that nothing names does no harm.
                        files.delete(name)
            raise

    def write(self, author_id: int) -> None:
        """Add the rows of the pictures that are new, and redirect the old addresses of all."""
        found = {name: upload for name, upload in self._by_name.items() if upload is not None}
        for upload in {upload.digest: upload for upload in found.values()}.values():
            known = db.session.scalar(select(Upload.id).where(Upload.digest == upload.digest))
            self._report.count(Kind.PICTURE, Outcome.EXISTING if known else Outcome.ADDED)
            if not known:
                upload.user_id = author_id
                db.session.add(upload)
        targets = {
            f"/{prefix}uploads/{name}": PREFIX + upload.filename
            for name, upload in found.items()
            for prefix in ("", "admin/")
        }
        addresses.keep(targets, report=self._report, at=self._at)

    def _upload(self, name: str, place: str) -> Upload | None:
        if name not in self._by_name:
            upload = self._by_name[name] = self._taken(name, f"{name} in {place}")
            if upload is not None:
                self._by_url[PREFIX + upload.filename] = picture_of(upload)
        return self._by_name[name]

    def _taken(self, name: str, told: str) -> Upload | None:
        try:
            path = self._path(name)
            with path.open("rb") as file:
                data = file.read(self._max_bytes + 1)
            return self._staged(data, path.name)
        except FileNotFoundError as error:
            self._report.skip(Kind.PICTURE, str(error), told)
        except (OSError, ValueError):
            self._report.skip(Kind.PICTURE, "their files cannot be read", told)
        except RuleBroken as refusal:
            self._report.skip(Kind.PICTURE, str(refusal), told)
        return None

    def _path(self, name: str) -> Path:
        """The file of that name. Raises FileNotFoundError, OSError and ValueError."""
        if self._folder is None:
            raise FileNotFoundError(_NO_FOLDER)
        path = (self._folder / name).resolve()
        if not (path.is_relative_to(self._folder) and path.is_file()):
            raise FileNotFoundError("they are not in the folder")
        return path

    def _staged(self, data: bytes, name: str) -> Upload:
        source_digest = hashlib.sha256(data).hexdigest()
        known = upload_with_content(source_digest)
        if known is not None and storage.current().exists(known.filename):
            db.session.expunge(known)  # It is read after the transaction that loaded it.
            return known
        picture = pictures.decode(data, max_bytes=self._max_bytes)
        upload = row_of(picture, source_digest, name, self._at)
        (self._stage / upload.filename).write_bytes(picture.data)
        return upload


def _uploaded_name(url: str) -> str | None:
    """The file's name in an address of the other blog's uploads, with or without its host."""
    try:
        parts = urlsplit(as_browsers_see(url))
    except ValueError:
        return None
    found = _UPLOADED.fullmatch(unquote(parts.path))
    return found[1] if found and parts.scheme in {"", "http", "https"} else None
