"""Looking for words in everything that may be read.

What strangers type has no bounds, so no page of this is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from flask import abort, request, url_for
from flask_babel import format_decimal

from bluelog.blueprints.blog import bp
from bluelog.blueprints.blog.lists import SIZE
from bluelog.blueprints.blog.rendering import reader_page
from bluelog.clock import now
from bluelog.models import Category, User
from bluelog.queries import frame, people
from bluelog.queries import search as queries
from bluelog.queries.search import shown
from bluelog.text.search.question import question
from bluelog.web import frame as around
from bluelog.web import visitor
from bluelog.web.paging import page_size
from bluelog.web.turns import turn

IN_TITLE = "title"


@dataclass(frozen=True)
class Narrowing:
    """What stands in the address: words, and where they are to be found."""

    text: str
    category: Category | None = None
    author: User | None = None
    in_title: bool = False

    @property
    def wish(self) -> queries.Wish:
        return queries.Wish(
            question(self.text),
            self.category.id if self.category else None,
            self.author.id if self.author else None,
            self.in_title,
        )

    @property
    def values(self) -> dict[str, str]:
        """What of the address narrows, by name."""
        named = {
            "category": self.category and self.category.slug,
            "author": self.author and self.author.username,
            "in": IN_TITLE if self.in_title else None,
        }
        return {name: value for name, value in named.items() if value}

    def address(self, **changed: Any) -> str:
        """The address of the same search but for what is changed; not one to be remembered."""
        values = {"q": question(self.text).text, **self.values} | changed
        return url_for("blog.search", **{name: v for name, v in values.items() if v})


@bp.get("/search")
def search() -> Any:
    """What has the words that are asked for, best first."""
    at, narrowing = now(), _narrowing()
    wish = narrowing.wish
    with turn():
        found = queries.find(wish, visitor.viewer(), at)
        page = _page(found, narrowing)
        meant = None if found.fitting else _meant(wish, narrowing, at)
    answer = reader_page(
        "blog/search.html",
        at,
        asked=wish.question,
        narrowing=narrowing,
        found=found,
        most=format_decimal(queries.MOST_RANKED),
        meant=meant,
        **page,
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _narrowing() -> Narrowing:
    slug, username = request.args.get("category"), request.args.get("author")
    return Narrowing(
        request.args.get("q", ""),
        _or_404(frame.category_by_slug, slug),
        _or_404(people.author_by_username, username),
        request.args.get("in") == IN_TITLE,
    )


def _or_404(load: Any, name: str | None) -> Any:
    return (load(name) or abort(404)) if name else None


def _page(found: queries.Found, narrowing: Narrowing) -> dict[str, Any]:
    """The results of one page, the ways to narrow, and the addresses of the pages beside it."""
    size, number = page_size(SIZE), _number()
    first = (number - 1) * size
    if first and first >= len(found.fitting):
        abort(404)
    more = first + size < len(found.fitting)
    return {
        "results": shown.results(found.fitting[first : first + size], found.phrases),
        "categories": shown.categories_of(found.fitting) if not narrowing.category else (),
        "authors": _authors(found, narrowing),
        "former": narrowing.address(page=number - 1 if number > 2 else None)  # noqa: PLR2004
        if number > 1
        else None,
        "further": narrowing.address(page=number + 1) if more else None,
    }


def _number() -> int:
    number = request.args.get("page", "1")
    if not (number.isascii() and number.isdigit() and 0 < len(number) < 5 and int(number)):  # noqa: PLR2004
        abort(404)
    return int(number)


def _authors(found: queries.Found, narrowing: Narrowing) -> Sequence[shown.Choice]:
    is_a_choice = around.current().many_authors and not narrowing.author
    return shown.authors_among(found.fitting) if is_a_choice else ()


def _meant(wish: queries.Wish, narrowing: Narrowing, at: datetime) -> Narrowing | None:
    """The search that may have been meant, anywhere in the blog."""
    if not wish.question.phrases:
        return None
    names = [category.name for category in around.current().categories]
    words = shown.meant(wish.question, names, at)
    return replace(narrowing, text=words, category=None, author=None) if words else None
