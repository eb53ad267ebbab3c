"""Saving over what somebody else saved meanwhile: put together what does not overlap."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from bluelog.errors import VersionConflict
from bluelog.models import PUBLIC_STATUSES, Post, PostStatus, Revision, User
from bluelog.queries.history import revision_of_version
from bluelog.services import posts
from bluelog.services.content import Content
from bluelog.services.former_tags import present_names
from bluelog.services.restoring import content_from, content_of
from bluelog.services.revisions import LEFT_BY_NONE
from bluelog.text.blocks import with_unix_newlines
from bluelog.text.merge import Overlap, merge_sets
from bluelog.text.merge_formats import Written, merge_written

# Somebody's words, or what they stand under. Of the rest, who saves last has the choice.
WORDS = ("title", "excerpt", "slug", "language", "original", "series")
# One says how the other is to be read.
_TEXT = ("source", "source_format")
_TRIES = 5

Verb = Callable[..., Post]


@dataclass(frozen=True)
class Together:
    """What two people made of one post: mine where they overlap.

    `taken` names the fields that are theirs, `replaced` those of which both chose and mine is
    there, `places` counts the places in the text, `clashes` holds what both changed of each field,
    mine first.
    """

    content: Content
    taken: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    places: int = 0
    overlaps: tuple[Overlap, ...] = ()
    clashes: dict[str, tuple[Any, Any]] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not (self.overlaps or self.clashes)


@dataclass(frozen=True)
class Saved:
    """A post, and what was put together for it if somebody had saved meanwhile."""

    post: Post
    content: Content
    together: Together | None = None


class Overlapping(VersionConflict):
    """Both changed the same place; `together` is None where there is no common beginning."""

    def __init__(self, current: Post, together: Together | None) -> None:
        super().__init__(current)
        self.together = together


def save_merged(
    verb: Verb, post_id: int, content: Content, *, version: int, by: User, at: datetime, **more: Any
) -> Saved:
    """Do one of the verbs of services.posts, with the newer version's changes put in if need be;
    `more` is what that verb alone takes.

    Raises Overlapping where people are to decide; nothing was changed then.
    """
    try:
        return Saved(verb(post_id, content, version=version, by=by, at=at, **more), content)
    except VersionConflict as conflict:
        newer = conflict
    for _ in range(_TRIES):
        current: Post = newer.current
        seen, together = current.version, _merged(verb, current, content, version)
        if together is None or not together.is_clean:
            raise Overlapping(current, together)
        try:
            saved = verb(post_id, together.content, version=seen, by=by, at=at, **more)
        except VersionConflict as conflict:
            newer = conflict
        else:
            return Saved(saved, together.content, together)
    raise Overlapping(newer.current, None)


def put_together(base: Content, mine: Content, theirs: Content) -> Together:
    """Merge field by field, and the text within."""
    merged: dict[str, Any] = {}
    taken, replaced, clashes = [], [], {}
    for name in (f.name for f in fields(Content) if f.name not in _TEXT):
        sides = [getattr(side, name) for side in (base, mine, theirs)]
        merged[name], is_theirs, is_clash = _choice(name, *sides)
        if is_theirs:
            taken.append(name)
        if is_clash and name in WORDS:
            clashes[name] = (sides[1], sides[2])
        elif is_clash:
            replaced.append(name)
    text, source_format = merge_written(*map(_written, (base, mine, theirs)))
    if source_format != mine.source_format:
        taken.append("source_format")
    return Together(
        replace(mine, **merged, source=text.source, source_format=source_format),
        taken=tuple(taken),
        replaced=tuple(replaced),
        places=text.taken,
        overlaps=text.overlaps,
        clashes=clashes,
    )


def _merged(verb: Verb, current: Post, mine: Content, version: int) -> Together | None:
    """None where there is no common beginning, or what is asked may no longer be meant."""
    base = revision_of_version(current.id, version)
    if base is None or not _may_go_on(verb, current, base):
        return None
    theirs = content_of(current)
    begun = content_from(asdict(theirs) | base.fields)
    begun = replace(begun, tags=present_names(begun.tags or ()))
    return put_together(begun, mine, theirs)


def _may_go_on(verb: Verb, current: Post, base: Revision) -> bool:
    """Another state is asked for only of a post whose state is the one that was seen."""
    if PostStatus.TRASHED in (current.status, base.status):
        return False
    if verb is posts.save:
        return True
    is_public = [status in PUBLIC_STATUSES for status in (current.status, base.status)]
    return current.status == base.status or all(is_public)


def _choice(name: str, base: Any, mine: Any, theirs: Any) -> tuple[Any, bool, bool]:
    """The value, whether it is theirs, and whether both changed it to something else."""
    if name in LEFT_BY_NONE and mine is None:
        return None, False, False
    if name == "authors" and (named := merge_sets(*map(_usernames, (base, mine, theirs)))):
        return ", ".join(named), set(named) != set(_usernames(mine)), False
    if isinstance(mine, tuple):
        both = merge_sets(base or (), mine, theirs or ())
        return both, both != mine, False
    then, here, there = (_plain(value) for value in (base, mine, theirs))
    if name in WORDS:
        then = then or ""  # Before the field was there, revisions had no word of it.
    if name == "slug" and not here:
        here, mine = there, theirs
    if here == then and there != then:
        return theirs, True, False
    return mine, False, len({here, there, then}) == 3  # noqa: PLR2004 - all differ


def _usernames(typed: str | None) -> tuple[str, ...]:
    return tuple(filter(None, (word.strip(",，、;；") for word in (typed or "").split())))


def _written(content: Content) -> Written:
    return Written(content.source, content.source_format, content.with_formulas)


def _plain(value: Any) -> Any:
    return with_unix_newlines(value) if isinstance(value, str) else value
