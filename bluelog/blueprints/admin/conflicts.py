"""Two people saved one post: what was put together, and what they are to decide."""

from dataclasses import dataclass, field
from typing import Any

from wtforms import IntegerField

from bluelog.blueprints.admin.forms import PostForm
from bluelog.blueprints.admin.found import begin_anew
from bluelog.blueprints.admin.labels import LABELS
from bluelog.i18n import gettext as _
from bluelog.i18n import ngettext
from bluelog.models import Post, User
from bluelog.queries.history import last_saved_by_other
from bluelog.services.merging import Together
from bluelog.services.revisions import LEFT_BY_NONE
from bluelog.text.blocks import blocks
from bluelog.text.difference import Piece, Row, difference, word_difference
from bluelog.web.templating import comma

_KEPT_IN_FORM = (str, int, bool, type(None))


@dataclass(frozen=True)
class Conflict:
    """What somebody else saved meanwhile, beside what is in the form.

    `rows` are the places of the text that both changed, each as rows of a difference.
    """

    post: Post
    is_merged: bool
    rows: list[list[Row]]
    lines: list[tuple[Any, list[Piece], list[Piece]]] = field(default_factory=list)


def conflict_of(form: PostForm, post: Post, together: Together | None) -> Conflict:
    """What is to be decided; the form then holds what was put together, mine where it overlaps."""
    if together is None:
        formats = (form.source_format.data, post.source_format)
        whole = _rows(form.source.data, post.source, formats)
        return Conflict(post, is_merged=False, rows=[whole] if whole else [])
    begin_anew(form, post)
    for name, value in vars(together.content).items():
        if name in form and isinstance(value, _KEPT_IN_FORM) and not _is_left(name, value):
            _fill_in(form[name], value)
    if together.content.tags is not None:
        form.tags.data = comma().join(together.content.tags)
    rows = [_rows(one.mine, one.theirs, one.formats) for one in together.overlaps]
    lines = [
        (LABELS[name], *word_difference(str(mine), str(theirs)))
        for name, (mine, theirs) in together.clashes.items()
    ]
    return Conflict(post, is_merged=True, rows=[found for found in rows if found], lines=lines)


def _fill_in(field: Any, value: Any) -> None:
    field.data = value
    if isinstance(field, IntegerField):  # It would show what was typed.
        field.raw_data = None


def _is_left(name: str, value: Any) -> bool:
    """Whether it says that the post is to keep what it has, which the form says in words."""
    return value is None and name in (*LEFT_BY_NONE, "appears")


def put_together(together: Together, post: Post, by: User) -> str:
    """Say what of somebody else's is in the post that was just saved."""
    theirs = [str(LABELS[name]) for name in together.taken if name in LABELS]
    if together.places:
        theirs.append(
            ngettext("%(num)d place in the text", "%(num)d places in the text", together.places)
        )
    mine = [str(LABELS[name]) for name in together.replaced if name in LABELS]
    who = last_saved_by_other(post.id, by) or _("Somebody")
    if not theirs and not mine:
        sentence = _("%(name)s had saved this meanwhile, with nothing at odds with yours.")
        return str(sentence % {"name": who})
    sentence = _(
        "%(name)s had saved this meanwhile, and both texts were put together. Theirs are: %(what)s."
    )
    if not theirs:
        sentence = _("%(name)s had saved this meanwhile. Yours took the place of theirs: %(what)s.")
    told = str(sentence % {"name": who, "what": comma().join(theirs or mine)})
    if theirs and mine:
        told += " " + _("Yours took the place of theirs: %(what)s.", what=comma().join(mine))
    return told


def _rows(mine: str | None, theirs: str, formats: tuple[str, str]) -> list[Row]:
    return difference(blocks(mine or "", formats[0]), blocks(theirs, formats[1]))
