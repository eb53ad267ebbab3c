"""Formulas: TeX in a post's code of the language `math`, and MathML made of it.

The converter is imported where it is used: only those who write need it.
"""

import re
from html import unescape
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborNode

from bluelog.text.decorate import in_language, wrap
from bluelog.text.markdown import FORMULA
from bluelog.text.tree import parse, rename

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LONGEST_FORMULA = 2_000
MOST_IN_A_POST = 50_000
DEEPEST = 30
NOT_PROSE = "code, pre, kbd, samp, a, math"
FORMULA_WORDS = {"en": "Formula", "zh": "公式"}

# A dollar opens before a letter and closes after one, and no price follows: as in Pandoc. Chinese
# has no space around it.
_INLINE = r"(?<![\\$A-Za-z0-9_])\$(?![\s$])((?:[^$\\]|\\.)+?)(?<!\s)\$(?![A-Za-z0-9_$])"
_DOLLARS = re.compile(rf"\$\$((?:[^$\\]|\\.)+?)\$\$|{_INLINE}", re.DOTALL)
_ALONE = re.compile(r"\s*\$\$((?:[^$\\]|\\.)+)\$\$\s*", re.DOTALL)
# Names that mean the same to the eye, for those the converter does not know.
_ENVIRONMENTS = {"aligned": "split", "gathered": "matrix", "equation": "split"}
_ENVIRONMENT = re.compile(r"\\(begin|end)\{(aligned|gathered|equation)\*?\}")


def mark_formulas(body: LexborNode) -> None:
    """Turn what stands between dollars in rich text into code of the language `math`."""
    for paragraph in body.css("p"):
        if alone := _ALONE.fullmatch(paragraph.text()):
            _fill(rename(paragraph, "pre"), alone[1])
    for text in _texts(body):
        found = text.text_content or ""
        if "$" in found and _DOLLARS.search(found):
            _mark(text, found)


def typeset_formulas(body: LexborNode, language: str) -> None:
    """Put MathML in place of TeX; what cannot be read as TeX stays as it was typed."""
    left = MOST_IN_A_POST
    for code in body.css(f"code.{FORMULA}"):
        tex = code.text().strip()
        left -= len(tex)
        block = code.parent if code.parent is not None and code.parent.tag == "pre" else None
        made = _mathml(tex, is_block=block is not None) if left >= 0 else None
        if made is not None:
            (block or code).replace_with(_first(parse(made)))
    word = in_language(FORMULA_WORDS, language)
    for number, math in enumerate(body.css("math[display=block]"), 1):
        wrap(math, f"{word} {number}")


def _texts(body: LexborNode) -> list[LexborNode]:
    skipped = {text.mem_id for node in body.css(NOT_PROSE) for text in _below(node)}
    return [text for text in _below(body) if text.mem_id not in skipped]


def _below(node: LexborNode) -> list[LexborNode]:
    return [one for one in node.traverse(include_text=True) if one.is_text_node]


def _fill(block: LexborNode, tex: str) -> None:
    for child in list(block.iter(include_text=True)):
        child.decompose()
    block.insert_child(_code(block, tex), move=True)


def _mark(text: LexborNode, found: str) -> None:
    done = 0
    for match in _DOLLARS.finditer(found):
        text.insert_before(found[done : match.start()])
        text.insert_before(_code(text, match[1] or match[2]), move=True)
        done = match.end()
    text.replace_with(found[done:])


def _code(near: LexborNode, tex: str) -> LexborNode:
    code = near.parser.create_node("code")
    code.attrs["class"] = FORMULA
    code.insert_child(tex.strip())
    return code


def _first(body: LexborNode) -> LexborNode:
    found = body.first_child
    assert found is not None, "the converter gives one element"  # noqa: S101
    return found


def _mathml(tex: str, *, is_block: bool) -> str | None:
    if not tex or len(tex) > LONGEST_FORMULA or _depth(tex) > DEEPEST:
        return None
    from xml.etree.ElementTree import tostring

    from latex2mathml.converter import convert_to_element

    known = _ENVIRONMENT.sub(lambda found: f"\\{found[1]}{{{_ENVIRONMENTS[found[2]]}}}", tex)
    try:
        math = convert_to_element(known, display="block" if is_block else "inline")
    except Exception:  # noqa: BLE001  (the converter raises anything on what is not TeX)
        return None
    _spell_out(math)
    return tostring(math, encoding="unicode")


def _depth(tex: str) -> int:
    level = deepest = 0
    for mark in re.findall(r"[{}]|\\left\b|\\right\b|\\begin\b|\\end\b", tex):
        level += 1 if mark in ("{", "\\left", "\\begin") else -1
        deepest = max(deepest, level)
    return deepest


def _spell_out(math: "Element") -> None:
    """The converter writes signs as references, which its own output leaves unescaped."""
    math.attrib.pop("xmlns", None)
    for element in math.iter():
        element.text = unescape(element.text) if element.text else element.text
