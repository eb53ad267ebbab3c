"""Tags by names that they had before they were renamed or merged."""

from collections.abc import Iterable

from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import Post, Tag
from bluelog.queries.redirects import target_of
from bluelog.queries.tags import tags_of
from bluelog.text.keys import name_key
from bluelog.text.merge import merge_sets
from bluelog.text.slug import slugify


def present_names(names: Iterable[str]) -> tuple[str, ...]:
    """The names that tags have now; of a name that leads to no tag nothing is changed."""
    return tuple(dict.fromkeys(_present_name(name) for name in names))


def put_on_top(typed: Iterable[str], were: Iterable[str], post: Post) -> tuple[str, ...]:
    """What was typed over the tags that `were` on the post, with what others did to them since.

    A name that stood there already means its tag, whatever that is called now; another one means
    itself.
    """
    former = {name_key(name) for name in were}
    meant = tuple(_present_name(n) if name_key(n) in former else _own_name(n) for n in typed)
    now = tuple(tag.name for tag in tags_of(post.id))
    return merge_sets(present_names(were), tuple(dict.fromkeys(meant)), now)


def _present_name(name: str) -> str:
    tag = _by_name(name) or _led_to(name)
    return tag.name if tag else name


def _own_name(name: str) -> str:
    tag = _by_name(name)
    return tag.name if tag else name


def _led_to(name: str) -> Tag | None:
    """The tag at an address that was made of the name, though it is called otherwise."""
    for slug in _slugs_of(name):
        target = target_of(f"/tag/{slug}")
        if target is not None and target.startswith("/tag/"):
            return _by_slug(target.removeprefix("/tag/"))
        tag = _by_slug(slug)
        # One whose address is not made of its name was renamed and has kept the address.
        if tag and slug not in _slugs_of(tag.name):
            return tag
    return None


def _slugs_of(name: str) -> list[str]:
    """What its address may be made of; nothing where no letter of it would be there."""
    made = (slugify(name, style="pinyin"), slugify(name, style="native"))
    return [slug for slug in dict.fromkeys(made) if slug != slugify("", style="native")]


def _by_name(name: str) -> Tag | None:
    return db.session.scalar(select(Tag).where(Tag.name_key == name_key(name)))


def _by_slug(slug: str) -> Tag | None:
    return db.session.scalar(select(Tag).where(Tag.slug == slug))
