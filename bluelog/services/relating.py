"""Finding out which posts are about the same: the work of the worker, one post after another.

What is found is kept on both sides, so that an older post learns of a newer one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import literal, or_, select
from sqlalchemy.exc import DBAPIError

from bluelog.extensions import db
from bluelog.models import Post, PostKind, PostRelation, PostStatus, RelationDue
from bluelog.queries import relations
from bluelog.queries.portions import in_portions
from bluelog.queries.search import held_of, is_too_long, resembling
from bluelog.services import search_index, upserts
from bluelog.text.related import Subject, Word, alike, score, shared_tags, telling
from bluelog.text.search.ranking import Candidate
from bluelog.uow import unit_of_work

# Kept for a post; more than its page shows, for some may cease to be public.
MOST_KEPT = 8
# As many learn of the post in their turn; and as many of those with its tags have their words read.
MOST_TOLD, MOST_TAGGED = 24, 100
# Of what has any of a post's words the newest are looked at, and again of what has its rarest.
MOST_ALIKE, MOST_COMPARED, _RARE = 300, 100, 0.01


def mark_due(post_ids: Iterable[int], at: datetime) -> None:
    """Note, in the open unit of work, that these posts changed; only what is public matters."""
    for some in in_portions(sorted(set(post_ids))):
        _mark_due(some, at)


def _mark_due(post_ids: Sequence[int], at: datetime) -> None:
    # What was public is still in the lists of others.
    listed = [
        select(PostRelation.post_id).where(column == Post.id).exists()
        for column in (PostRelation.post_id, PostRelation.related_id)
    ]
    is_listed = or_(Post.status == PostStatus.PUBLISHED, *listed)
    of = (Post.id.in_(post_ids), Post.kind == PostKind.POST, is_listed)
    changed = select(Post.id, literal(at, RelationDue.since.type)).where(*of)
    adding = upserts.insert(RelationDue).from_select(["post_id", "since"], changed)
    since = {"since": adding.excluded.since}
    db.session.execute(adding.on_conflict_do_update(index_elements=["post_id"], set_=since))


def relate_next(at: datetime) -> int:
    """Find out what is related to the post that changed last; 0 where none waits.

    Nothing is held meanwhile. What changed once more in that time stays due.
    """
    due = relations.next_due()
    if due is None:
        return 0
    here = relations.subjects([due.post_id], at).get(due.post_id)
    found = _found(here, at) if here else {}
    with unit_of_work():
        _keep(due, found, is_public=here is not None, at=at)
    return 1


def _found(here: Subject, at: datetime) -> dict[int, int]:
    """The scores of the posts that have to do with one."""
    counts = relations.post_counts(here.tag_ids)
    words, texts = _texts(here, at)
    known = relations.known_relatives(here.post_id) | set(_tagged(here, counts, at))
    texts |= {one.post_id: one for one in held_of(known - texts.keys() - {here.post_id})}
    scores = {
        id_: score(
            here,
            other,
            by_tags=shared_tags(here, other, counts),
            by_words=alike(words, texts[id_]),
        )
        for id_, other in relations.subjects(texts.keys(), at).items()
    }
    return {id_: found for id_, found in scores.items() if found}


def _texts(here: Subject, at: datetime) -> tuple[list[Word], dict[int, Candidate]]:
    """The words that tell a post from others, and the posts that have some of them."""
    entry = next(iter(search_index.entries([here.post_id])), None)
    if entry is None:  # purged since it was looked at
        return [], {}
    compared = held_of(relations.newest_ids(at, MOST_COMPARED) - {here.post_id})
    words = telling(entry.title, entry.body, compared)
    found = _resembling(words, at)
    if len(found) == MOST_ALIKE:
        # The newest are full of what everyone writes about; older ones may have what few do.
        found += _resembling([w for w in words if w.having <= _RARE * MOST_COMPARED], at)
    return words, {one.post_id: one for one in found if one.post_id != here.post_id}


def _resembling(words: Sequence[Word], at: datetime) -> list[Candidate]:
    try:
        return resembling([word.phrase for word in words], at, MOST_ALIKE)
    except DBAPIError as error:
        if not is_too_long(error):
            raise
        db.session.rollback()
        return []


def _tagged(here: Subject, counts: Mapping[int, int], at: datetime) -> Sequence[int]:
    """The posts that share most with one by their tags."""
    tagged = relations.newest_with(sorted(here.tag_ids), at) - {here.post_id}
    others = relations.subjects(tagged, at)
    by_tags = {id_: shared_tags(here, other, counts) for id_, other in others.items()}
    return sorted(by_tags, key=lambda id_: (-by_tags[id_], -id_))[:MOST_TAGGED]


def _keep(due: Any, found: dict[int, int], *, is_public: bool, at: datetime) -> None:
    """Write what was found into the post's own list and into those of others."""
    waiting = db.session.get(RelationDue, due.post_id, with_for_update=True)
    if waiting is None or waiting.since != due.since:
        return
    db.session.delete(waiting)
    there = _there({due.post_id, *found})
    scores = {id_: found[id_] for id_ in found if id_ in there}
    best = sorted(scores, key=lambda id_: (-scores[id_], -id_))
    own = select(PostRelation).where(PostRelation.post_id == due.post_id)
    _settle(due.post_id, db.session.scalars(own), {id_: scores[id_] for id_ in best[:MOST_KEPT]})
    listed = select(PostRelation.post_id).where(PostRelation.related_id == due.post_id)
    told = {*best[:MOST_TOLD], *db.session.scalars(listed)}
    _tell(due.post_id, told, scores)
    if not is_public:
        # Who has lost it may find another.
        mark_due(told, at)


def _there(post_ids: Iterable[int]) -> set[int]:
    """Those of the posts that are there, and that nobody deletes meanwhile."""
    there = select(Post.id).where(Post.id.in_(sorted(post_ids))).order_by(Post.id)
    return set(db.session.scalars(there.with_for_update(read=True, key_share=True)))


def _settle(post_id: int, there: Iterable[PostRelation], wanted: dict[int, int]) -> None:
    """Bring the rows of a post to what is wanted, and leave those alone that say so already."""
    left = dict(wanted)
    for row in there:
        if row.related_id in left:
            row.score = left.pop(row.related_id)
        else:
            db.session.delete(row)
    for related_id, found in left.items():
        db.session.add(PostRelation(post_id=post_id, related_id=related_id, score=found))


def _tell(post_id: int, others: Iterable[int], scores: Mapping[int, int]) -> None:
    """Have others know of the post where it fits better than the worst they know."""
    ids = sorted(others)
    lists: defaultdict[int, list[PostRelation]] = defaultdict(list)
    for some in in_portions(ids):
        for row in db.session.scalars(select(PostRelation).where(PostRelation.post_id.in_(some))):
            lists[row.post_id].append(row)
    for id_ in ids:
        wanted = {row.related_id: row.score for row in lists[id_] if row.related_id != post_id}
        if id_ in scores:
            wanted[post_id] = scores[id_]
        best = sorted(wanted, key=lambda key: (-wanted[key], -key))[:MOST_KEPT]
        _settle(id_, lists[id_], {key: wanted[key] for key in best})
