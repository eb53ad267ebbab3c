"""Both languages are complete: what is said is said in each, with the same blanks to fill."""

import ast
import gettext
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bluelog.cli.translations import FOLDER, KEYWORDS, compiled, extracted
from bluelog.i18n import CATALOGUES
from tests.architecture.sources import calls, modules, templates

CHINESE = CATALOGUES["zh-Hans"]
HAN = re.compile(r"[\u3400-\u9fff]")
BLANK = re.compile(r"%\([a-z_]+\)[a-z]")
# Chinese messages that rightly hold no Chinese character, each with its reason.
WITHOUT_HAN: dict[str, str] = {}
# What stands in a template without being said: Jinja's own words, names of classes, commands, keys.
NO_WORDS = (
    r"\{#.*?#\}",
    r"\{% block (?:kind|body_class) %\}.*?\{% endblock %\}",
    r"\{% set \w+ %\}.*?\{% endset %\}",
    r"\{%.*?%\}",
    r"\{\{.*?\}\}",
    r"<!--.*?-->",
    r"<(code|kbd|style)\b.*?</\1>",
)


def catalogue(name: str) -> Catalog:
    with (FOLDER / name / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=name)


def messages(name: str) -> list[Message]:
    return [message for message in catalogue(name) if message.id]


def key(message: Message) -> tuple[str | None, object]:
    return message.context, message.id


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """The singular and the plurals of a message."""
    return (text,) if isinstance(text, str) else tuple(text or ())


@pytest.fixture(scope="module")
def wanted() -> set[tuple[str | None, object]]:
    found = {key(message) for message in extracted() if message.id}
    assert len(found) > 300
    return found


@pytest.mark.parametrize("name", CATALOGUES.values())
def test_no_message_is_missing_and_none_is_left_over(
    wanted: set[tuple[str | None, object]], name: str
) -> None:
    there = {key(message) for message in messages(name)}
    assert wanted - there == set()
    assert there - wanted == set()


@pytest.mark.parametrize("name", CATALOGUES.values())
def test_every_message_is_translated_and_none_is_a_guess(name: str) -> None:
    plurals = catalogue(name).num_plurals
    for message in messages(name):
        strings = forms(message.string)
        assert strings != ()
        assert all(strings), f"not translated: {message.id}"
        assert len(strings) == (plurals if isinstance(message.id, tuple) else 1), message.id
        assert not message.fuzzy, f"a guess: {message.id}"
    assert not catalogue(name).obsolete


@pytest.mark.parametrize("name", CATALOGUES.values())
def test_translations_have_the_blanks_of_their_messages(name: str) -> None:
    for message in messages(name):
        blanks = set(BLANK.findall(forms(message.id)[-1]))
        for string in forms(message.string):
            found = set(BLANK.findall(string))
            # A plural's number may be said in a word, as in "one comment".
            optional = {"%(num)d"} if isinstance(message.id, tuple) else set()
            assert blanks - optional <= found <= blanks, message.id
            assert string.count("%") == len(BLANK.findall(string)) + 2 * string.count("%%")


def test_what_is_chinese_has_chinese_characters() -> None:
    plain = {
        forms(message.id)[0]
        for message in messages(CHINESE)
        if not all(HAN.search(string) for string in forms(message.string))
    }
    assert plain == set(WITHOUT_HAN)


def test_chinese_speaks_to_people_in_one_tone() -> None:
    strings = [text for message in messages(CHINESE) for text in forms(message.string)]
    assert [text for text in strings if "您" in text] == []
    assert any("你" in text for text in strings)


def test_english_says_what_the_source_says() -> None:
    assert [m.id for m in messages(CATALOGUES["en"]) if m.string != m.id] == []


def test_english_has_no_chinese_in_it_and_shouts_nowhere() -> None:
    for message in messages(CATALOGUES["en"]):
        for text in forms(message.id):
            assert not HAN.search(text), text
            assert "!" not in text, text
            assert text.strip() == text, text


@pytest.mark.parametrize("name", CATALOGUES.values())
def test_white_space_and_markup_are_the_same_in_each_language(name: str) -> None:
    for message in messages(name):
        source = Counter(re.findall(r"<[^>]+>|\n", forms(message.id)[-1]))
        for string in forms(message.string):
            assert Counter(re.findall(r"<[^>]+>|\n", string)) == source, message.id
            assert string.strip() == string, message.id


@pytest.mark.parametrize("name", CATALOGUES.values())
def test_what_is_compiled_is_what_is_written(name: str, tmp_path: Path) -> None:
    there = FOLDER / name / "LC_MESSAGES" / "messages.mo"
    again = tmp_path / "messages.mo"
    again.write_bytes(compiled(catalogue(name)))
    assert _texts(there) == _texts(again)


def _texts(path: Path) -> dict[object, str]:
    with path.open("rb") as file:
        found: dict[object, str] = dict(gettext.GNUTranslations(file)._catalog)  # type: ignore[attr-defined]
    return {message: text for message, text in found.items() if message}


def test_every_message_is_written_out_where_it_is_said() -> None:
    """One that is put together at run time is in no catalogue."""
    made = [
        f"{path}: {ast.unparse(call)}"
        for path, tree in modules()
        if path != "i18n.py"
        for name, call in calls(tree)
        if name in KEYWORDS and call.args
        for argument in call.args[: 2 if "n" in name.replace("lazy_", "")[:1] else 1]
        if not (isinstance(argument, ast.Constant) and isinstance(argument.value, str))
    ]
    assert made == []


def test_no_words_of_a_template_are_in_one_language_alone() -> None:
    bare = {name: set(_bare_words(text)) - {"Bluelog"} for name, text in templates()}
    assert {name: words for name, words in bare.items() if words} == {}
    assert _bare_words('<p title="Said">{{ _("x") }}Bare</p>') == ["Said", "Bare"]


def _bare_words(text: str) -> list[str]:
    text = re.sub("|".join(NO_WORDS), "\0", text, flags=re.DOTALL)
    said = re.findall(r"\b(?:alt|title|placeholder|aria-label)=\"([^\"]*)\"", text)
    text = re.sub(r"<[^>]*>", "\0", text)
    pieces = [" ".join(piece.split()) for piece in [*said, *text.split("\0")]]
    return [p for p in pieces if re.search(r"[^\W\d_]{2,}", p) and not p.startswith("/")]
