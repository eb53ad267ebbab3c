"""`flask translations`: the catalogues of the interface."""

import io
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from bluelog.i18n import CATALOGUES

PACKAGE = Path(__file__).parent.parent
FOLDER = PACKAGE / "translations"
SOURCE_LANGUAGE = "en"
KEYWORDS = {
    **dict.fromkeys(("_", "_l", "gettext", "lazy_gettext"), None),
    **dict.fromkeys(("_n", "ngettext", "lazy_ngettext"), (1, 2)),
}
METHODS = [
    ("**.py", "python"),
    ("**/templates/**.html", "jinja2"),
    ("**/templates/**.txt", "jinja2"),
    ("**/templates/**.xml", "jinja2"),
]
# One date for ever, or every run would change every catalogue.
_DATED = datetime(2026, 1, 1, tzinfo=UTC)


@click.command()
def translations() -> None:
    """Collect messages from code and templates, bring every catalogue up to date, compile it."""
    for catalogue in CATALOGUES.values():
        path = FOLDER / catalogue / "LC_MESSAGES" / "messages.po"
        path.parent.mkdir(parents=True, exist_ok=True)
        updated = with_messages_of(extracted(), path, catalogue)
        path.write_bytes(as_text(updated))
        path.with_suffix(".mo").write_bytes(compiled(updated))
        missing = sum(not all(_strings(message)) for message in updated if message.id)
        click.echo(f"{catalogue}: {len(updated)} messages, {missing} without a translation")


def extracted() -> Catalog:
    """Every message of the code and the templates."""
    template = Catalog(project="Bluelog", creation_date=_DATED)
    found = extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS)
    for _file, _line, message, _comments, context in found:
        template.add(message, context=context)
    return template


def with_messages_of(template: Catalog, path: Path, catalogue: str) -> Catalog:
    """The catalogue at `path`, with the template's messages and no others.

    English is the language of the source: its catalogue says what the source says.
    """
    known = read(path, catalogue)
    known.update(template, no_fuzzy_matching=True)
    known.obsolete.clear()
    for message in known:
        if catalogue == SOURCE_LANGUAGE and message.id:
            message.string = message.id
    return known


def read(path: Path, catalogue: str) -> Catalog:
    """The catalogue at `path`; an empty one where there is none."""
    text = path.read_bytes() if path.exists() else b""
    known = read_po(io.BytesIO(text), locale=catalogue)
    known.project, known.header_comment = "Bluelog", "# The words of Bluelog."
    known.creation_date = known.revision_date = _DATED
    known.fuzzy = False
    return known


def as_text(catalogue: Catalog) -> bytes:
    """The catalogue as a .po file."""
    stream = io.BytesIO()
    write_po(stream, catalogue, width=100, no_location=True, sort_output=True)
    return stream.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as a .mo file."""
    stream = io.BytesIO()
    write_mo(stream, catalogue)
    return stream.getvalue()


def _strings(message: object) -> tuple[str, ...]:
    string = getattr(message, "string", "")
    return tuple(string) if isinstance(string, (list, tuple)) else (string,)
