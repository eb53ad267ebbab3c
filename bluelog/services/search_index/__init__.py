"""The index that search goes by, kept in step with the posts. Each runs in an open unit of work.

They are no verbs: `reactions/search.py` calls them for all that a session writes, whoever writes
posts or their authors by a statement calls them too.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from types import ModuleType
from typing import Any

from sqlalchemy import Select, select

from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, Post, PostAuthor, PostTag, Tag
from bluelog.queries.portions import in_portions
from bluelog.services.search_index import postgresql, sqlite
from bluelog.text.search.entries import Entry, category_mark, entry

_PORTION = 200  # posts that are held in memory at once
_COLUMNS = (
    *(Post.id, Post.title, Post.plain, Post.status, Post.category_id),
    *(Post.published_at, Post.created_at),
)


def write(post_ids: Iterable[int]) -> None:
    """Have the index say of these posts what they say, and nothing of those that are gone."""
    for some in in_portions(sorted(set(post_ids)), _PORTION):
        _dialect().remove(some)
        _dialect().add(entries(some))


def forget(post_ids: Iterable[int]) -> None:
    """Have the index say nothing of these posts."""
    _dialect().remove(sorted(set(post_ids)))


def refile(old_id: int, new_id: int) -> None:
    """Have what was filed in one category be found in the other."""
    _dialect().remark(category_mark(old_id), category_mark(new_id))


def drop_orphans() -> int:
    """Remove what is said of posts that are no longer there; how many there were."""
    gone = _dialect().orphans()
    forget(gone)
    return len(gone)


def entries(post_ids: Sequence[int]) -> list[Entry]:
    """What the index should hold of those posts that are there."""
    authors, tags = _by_post(_authors(), post_ids), _by_post(_tags(), post_ids)
    query = select(*_COLUMNS).where(Post.id.in_(post_ids)).order_by(Post.id)
    rows = db.session.execute(query).mappings()
    return [_entry(row, authors[row["id"]], tags[row["id"]]) for row in rows]


def posts_of(tag_ids: Iterable[int]) -> Sequence[int]:
    """The posts that have any of these tags, and whose entries say so."""
    query = select(PostTag.post_id).where(PostTag.tag_id.in_(sorted(tag_ids)))
    return db.session.scalars(query).all()


def _entry(row: Any, author_ids: list[int], tags: list[str]) -> Entry:
    is_public = row["status"] in PUBLIC_STATUSES
    return entry(row, is_public=is_public, author_ids=author_ids, tags=tags)


def _authors() -> Select[int, int]:
    return select(PostAuthor.post_id, PostAuthor.user_id)


def _tags() -> Select[int, str]:
    ordered = (PostTag.post_id, PostTag.tag_id)
    return select(PostTag.post_id, Tag.name).join(PostTag.tag).order_by(*ordered)


def _by_post(query: Any, post_ids: Sequence[int]) -> defaultdict[int, list[Any]]:
    """Values by the post that each belongs to."""
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for post_id, value in db.session.execute(query.where(query.selected_columns[0].in_(post_ids))):
        found[post_id].append(value)
    return found


def _dialect() -> ModuleType:
    return postgresql if db.engine.dialect.name == "postgresql" else sqlite
