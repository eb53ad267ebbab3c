"""Markdown to HTML that nobody has sanitised yet: CommonMark and what writers expect beside it.

The parser is imported where it is used: only those who write need it.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from bluelog.text.scripts import CJK
from bluelog.text.tree import well_formed

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

# Inline rules may look from each mark to the end of its paragraph: time goes by the square of it.
LONGEST_PARAGRAPH = 20_000
MOST_BRACKETS = 400
MAX_NESTING = 40
FORMULA = "language-math"

_TASK = re.compile(r"\[([ xX])\](?=\s)")
_ALIGNMENT = re.compile(r"text-align:(left|right|center)")


def markdown_to_html(source: str, *, formulas: bool = False) -> str:
    """Read CommonMark with tables, footnotes, task lists and struck words.

    With `formulas`, what stands between dollars is code of the language `math`.
    """
    return str(_parser(formulas=formulas).render(well_formed(source)))


@cache
def _parser(*, formulas: bool) -> "MarkdownIt":
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
    parser.enable(["table", "strikethrough"]).use(footnote_plugin)
    parser.core.ruler.before("inline", "bounds", _leave_the_endless_alone)
    parser.core.ruler.push("finish", _finish)
    _name_footnotes(parser)
    if formulas:
        allowed = ("labels", "space", "digits", "blank_lines")
        spelling = dict.fromkeys([f"allow_{what}" for what in allowed], False)
        parser.use(dollarmath_plugin, **spelling, double_inline=True)
        _mark_formulas(parser)
    return parser


def _leave_the_endless_alone(state: "StateCore") -> None:
    """Take a paragraph that no person wrote for plain words."""
    for token in state.tokens:
        if token.type == "inline" and _is_endless(token.content):
            token.type = "text"


def _is_endless(words: str) -> bool:
    return len(words) > LONGEST_PARAGRAPH or words.count("[") > MOST_BRACKETS


def _finish(state: "StateCore") -> None:
    _make_room_for_the_title(state.tokens)
    for at, token in enumerate(state.tokens):
        if token.type == "fence":
            token.info = token.info.lower()
        elif token.type in ("th_open", "td_open"):
            _place_by_class(token)
        elif token.type == "inline" and token.children:
            _join_chinese_lines(token.children)
            _draw_box(state.tokens, at)


def _make_room_for_the_title(tokens: "list[Token]") -> None:
    """The first rank is the title's: where a text uses it, all its headings go down by one."""
    headings = [token for token in tokens if token.type in ("heading_open", "heading_close")]
    if any(token.tag == "h1" for token in headings):
        for token in headings:
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"


def _place_by_class(cell: "Token") -> None:
    style = _ALIGNMENT.search(str(cell.attrs.pop("style", "")))
    if style and style[1] != "left":
        cell.attrs["class"] = f"align-{style[1]}"


def _join_chinese_lines(words: "list[Token]") -> None:
    """Chinese has no spaces between words, so the end of a typed line must not become one."""
    for before, line_end, after in zip(words, words[1:], words[2:], strict=False):
        if line_end.type == "softbreak" and _meet(before.content[-1:], after.content[:1]):
            line_end.type, line_end.content = "text", ""


def _meet(last: str, first: str) -> bool:
    return bool(CJK.match(last) and CJK.match(first))


def _draw_box(tokens: "list[Token]", at: int) -> None:
    """A box that is ticked or not, as a character: it is read aloud, and copied, as what it is."""
    is_item = at > 1 and [one.type for one in tokens[at - 2 : at]] == [
        "list_item_open",
        "paragraph_open",
    ]
    words = tokens[at].children or []
    if is_item and words[0].type == "text" and (box := _TASK.match(words[0].content)):
        tokens[at - 2].attrs["class"] = "task"
        words[0].content = ("☐" if box[1] == " " else "☑") + words[0].content[box.end() :]


def _name_footnotes(parser: "MarkdownIt") -> None:
    """Give footnotes the names and tags that the sanitiser lets through."""
    rules = {
        "footnote_ref": _reference,
        "footnote_block_open": lambda *_: "<hr>\n<ol>\n",
        "footnote_block_close": lambda *_: "</ol>\n",
        "footnote_open": lambda _self, tokens, at, *_: f'<li id="fn-{_number(tokens[at])}">',
        "footnote_anchor": lambda _self, tokens, at, *_: (
            f' <a href="#fnref-{_occurrence(tokens[at])}">↩\ufe0e</a>'
        ),
    }
    for name, rule in rules.items():
        parser.add_render_rule(name, rule)


def _reference(_self: Any, tokens: "list[Token]", at: int, *_: Any) -> str:
    token = tokens[at]
    number, occurrence = _number(token), _occurrence(token)
    return f'<sup id="fnref-{occurrence}"><a href="#fn-{number}">{number}</a></sup>'


def _number(token: "Token") -> int:
    return int(token.meta["id"]) + 1


def _occurrence(token: "Token") -> str:
    again = int(token.meta.get("subId", 0))
    return f"{_number(token)}-{again + 1}" if again > 0 else str(_number(token))


def _mark_formulas(parser: "MarkdownIt") -> None:
    parser.add_render_rule("math_inline", _formula)
    parser.add_render_rule("math_inline_double", _formula)
    parser.add_render_rule("math_block", _formula_block)


def _formula(_self: Any, tokens: "list[Token]", at: int, *_: Any) -> str:
    from markdown_it.common.utils import escapeHtml

    return f'<code class="{FORMULA}">{escapeHtml(tokens[at].content.strip())}</code>'


def _formula_block(self: Any, tokens: "list[Token]", at: int, *rest: Any) -> str:
    return f"<pre>{_formula(self, tokens, at, *rest)}</pre>\n"
