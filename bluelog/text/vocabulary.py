"""What HTML may hold: tags, their attributes, and the values those may have."""

import re
from collections.abc import Callable, Iterable

from bluelog.text.urls import is_local


def tags(names: str) -> frozenset[str]:
    """Read tag names written with spaces between them."""
    return frozenset(names.split())


HEADINGS = tags("h2 h3 h4 h5 h6")
PHRASES = tags(
    "a abbr b bdi br cite code del dfn em i ins kbd mark q rp rt ruby s samp small span strong "
    "sub sup u var wbr"
)
BLOCKS = tags("blockquote dd details dl dt figcaption figure hr img li ol p pre summary ul")
TABLES = tags("caption col colgroup table tbody td tfoot th thead tr")
POST_TAGS = HEADINGS | PHRASES | BLOCKS | TABLES
# Presentation MathML without links, without the tags that hold other markup, without styles.
MATH_TAGS = tags(
    "math menclose mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover"
)
RENDERED_TAGS = POST_TAGS | MATH_TAGS | {"div", "nav", "picture", "source"}
FOOTER_TAGS = PHRASES | tags("p ul li")

# Their content is program text or a fall-back for something that is not shown: neither is read.
DROPPED_WITH_CONTENT = tags(
    "iframe math noembed noframes noscript object script select style svg template title"
)

DROPPED_FROM_RENDERED = DROPPED_WITH_CONTENT - {"math"}

ALIGNED = HEADINGS | tags("p figure img td th")
NAMED = HEADINGS | tags("a li p sup")
ON_EVERY_TAG = {"lang", "dir"}
ON_TAGS: dict[str, set[str]] = {
    "a": {"href", "title", "rel"},
    "abbr": {"title"},
    "code": {"class"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "width", "height", "title"},
    "li": {"class"},
    "ol": {"start", "reversed"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
# What rendering adds to a cleaned post, and a writer cannot.
ON_RENDERED_TAGS: dict[str, set[str]] = {
    "a": {"aria-label", "data-embed"},
    "div": {"class", "tabindex", "role", "aria-label"},
    "img": {"loading", "decoding", "srcset", "sizes"},
    "nav": {"class", "aria-label"},
    "pre": {"tabindex"},
    "span": {"class"},
    "source": {"type", "srcset", "sizes"},
}
ON_MATH_TAGS = tags(
    "accent accentunder columnalign columnspacing depth display displaystyle fence form height "
    "largeop linethickness lspace mathvariant maxsize minsize movablelimits notation rowspacing "
    "rspace scriptlevel separator stretchy symmetric voffset width"
)

_CODE_CLASS = re.compile(r"language-[a-z0-9+#.\-]{1,30}")
_PLACE_CLASS = re.compile(r"align-(?:left|right|center)|wide|full")
_CLASSES_ON = {
    "code": _CODE_CLASS,
    "div": re.compile("scroll"),
    "li": re.compile("task"),
    "nav": re.compile("toc"),
    "span": re.compile("[a-z]"),
}
_MATH_VALUE = re.compile(r"[a-zA-Z0-9.%+\- ]{1,40}")
_LINK_KINDS = frozenset({"nofollow", "noopener", "noreferrer", "sponsored", "ugc"})


def post_attributes() -> dict[str, set[str]]:
    """Name the attributes a writer may use, per tag."""
    named = {tag: {"id"} for tag in NAMED}
    aligned = {tag: {"class"} for tag in ALIGNED}
    return _joined({"*": ON_EVERY_TAG}, ON_TAGS, named, aligned)


def rendered_attributes() -> dict[str, set[str]]:
    """Name the attributes of a rendered post, per tag."""
    formulas = {tag: set(ON_MATH_TAGS) for tag in MATH_TAGS}
    return _joined(post_attributes(), ON_RENDERED_TAGS, formulas)


def footer_attributes() -> dict[str, set[str]]:
    """Name the attributes a footer may use, per tag."""
    return _joined({"*": ON_EVERY_TAG}, {tag: ON_TAGS[tag] for tag in ("a", "abbr")})


def permitted(tag: str, name: str, value: str) -> str | None:
    """Reduce an attribute's value to what is allowed; None where nothing of it is."""
    if tag in MATH_TAGS:
        return value if _MATH_VALUE.fullmatch(value) else None
    if name == "class":
        return _listed(value.split(), _CLASSES_ON.get(tag, _PLACE_CLASS).fullmatch)
    check = _CHECKS.get(name)
    return value if check is None else check(value)


def _joined(*parts: dict[str, set[str]]) -> dict[str, set[str]]:
    names = {tag for part in parts for tag in part}
    return {tag: set().union(*(part.get(tag, ()) for part in parts)) for tag in names}


def _listed(words: Iterable[str], test: Callable[[str], object]) -> str | None:
    return " ".join(word for word in words if test(word)) or None


def _link_kinds(value: str) -> str | None:
    return _listed(sorted(set(value.lower().split())), _LINK_KINDS.__contains__)


def _local_address(value: str) -> str | None:
    return value if is_local(value) else None


def _local_candidates(value: str) -> str | None:
    addresses = [candidate.strip().partition(" ")[0] for candidate in value.split(",")]
    return value if all(map(is_local, addresses)) else None


def _matching(pattern: str) -> Callable[[str], str | None]:
    compiled = re.compile(pattern)
    return lambda value: value if compiled.fullmatch(value) else None


def _one_of(*words: str) -> Callable[[str], str | None]:
    return lambda value: value.lower() if value.lower() in words else None


def _switch(_value: str) -> str:
    return ""


_number = _matching("[0-9]{1,5}")
_span = _matching("[1-9][0-9]{0,2}")

_CHECKS: dict[str, Callable[[str], str | None]] = {
    "id": _matching(r"(?:h|fn|fnref)-\S{1,80}"),
    "lang": _matching("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,7}"),
    "dir": _one_of("ltr", "rtl", "auto"),
    "rel": _link_kinds,
    "src": _local_address,
    "srcset": _local_candidates,
    "width": _number,
    "height": _number,
    "start": _number,
    "span": _span,
    "colspan": _span,
    "rowspan": _span,
    "scope": _one_of("row", "col", "rowgroup", "colgroup"),
    "open": _switch,
    "reversed": _switch,
    "tabindex": _one_of("0"),
    "role": _one_of("region"),
    "loading": _one_of("lazy"),
    "decoding": _one_of("async"),
    "data-embed": _matching("(?:youtube|vimeo|bilibili):[A-Za-z0-9_-]{1,20}"),
    "type": _one_of("image/avif", "image/webp"),
}
