"""Posts, a batch at a time."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from bluelog.extensions import db
from bluelog.i18n import gettext as _
from bluelog.models import Post, PostAuthor, PostKind, PostStatus
from bluelog.operations.importing import addresses, ledger, source
from bluelog.operations.importing.drafts import Draft, Drafts
from bluelog.operations.importing.report import Kind, Outcome
from bluelog.operations.importing.run import Run, batches
from bluelog.operations.importing.slugs import Slugs, Style
from bluelog.services import relating, search_index, upload_uses

_BATCH = 100
_LONGEST_TITLE = 200


def bring(run: Run, drafts: Drafts, *, author_id: int, category_id: int, style: Style) -> None:
    """Bring in the posts that are new, under their author, and redirect their old addresses.

    `category_id` is of the category for posts without one.
    """
    slugs = Slugs(db.session.scalars(select(Post.slug).where(Post.kind == PostKind.POST)), style)
    with run.progress("Posts", run.source.count("post")) as advance:
        for batch in batches(run.source.posts(), _BATCH):
            new = [post for post in batch if not run.ledger.knows(ledger.POST, post.id)]
            rows = [_row(run, post, drafts.take(post.id), category_id, slugs) for post in new]
            _add(run, new, rows, author_id)
            run.report.count(Kind.POST, Outcome.EXISTING, len(batch) - len(new))
            advance(len(batch))


def _add(run: Run, posts: list[source.Post], rows: list[dict[str, Any]], author_id: int) -> None:
    if not rows:
        return
    adding = insert(Post).returning(Post.id, sort_by_parameter_order=True)
    ids = db.session.scalars(adding, rows).all()
    authors = [
        {
            "post_id": post_id,
            "user_id": author_id,
            "position": 0,
            "public_at": row["published_at"],
            "status": row["status"],
            "edited_at": row["updated_at"],
        }
        for post_id, row in zip(ids, rows, strict=True)
    ]
    db.session.execute(insert(PostAuthor), authors)
    # A statement of many rows passes the reaction by that keeps these otherwise.
    upload_uses.keep(ids)
    search_index.write(ids)
    relating.mark_due(ids, run.at)
    run.ledger.remember(ledger.POST, zip((post.id for post in posts), ids, strict=True))
    pairs = zip(posts, rows, strict=True)
    targets = {f"/post/{post.id}": f"/post/{row['slug']}" for post, row in pairs}
    addresses.keep(targets, report=run.report, at=run.at)
    run.report.count(Kind.POST, Outcome.ADDED, len(rows))


def _row(
    run: Run, post: source.Post, draft: Draft, category_id: int, slugs: Slugs
) -> dict[str, Any]:
    title, time = _title(run, post), _time(run, post)
    return {
        "kind": PostKind.POST,
        "status": PostStatus.PUBLISHED if time <= run.at else PostStatus.SCHEDULED,
        "title": title,
        "slug": slugs.give(title),
        "category_id": _category(run, post) or category_id,
        "comments_open": post.can_comment,
        "published_at": time,
        "created_at": min(time, run.at),
        "updated_at": min(post.updated_at or time, run.at),
        "revised_at": post.updated_at if post.updated_at and post.updated_at > time else None,
        **columns(draft),
    }


def columns(draft: Draft) -> dict[str, Any]:
    """The columns that follow from the text."""
    return {
        "language": draft.language,
        "source_format": "html",
        "source": draft.source,
        "html": draft.html,
        "plain": draft.plain,
        "summary": draft.summary,
        "words": draft.words,
    }


def _title(run: Run, post: source.Post) -> str:
    if len(post.title) > _LONGEST_TITLE:
        run.report.odd(f"Titles cut to {_LONGEST_TITLE} characters", told(post))
    return post.title[:_LONGEST_TITLE].strip() or _("Untitled")


def _time(run: Run, post: source.Post) -> datetime:
    if post.created_at is None:
        run.report.odd("Posts without a date, dated as the oldest", told(post))
    elif post.created_at > run.at:
        run.report.odd("Posts dated in the future, which wait for their time", told(post))
    return post.created_at or run.undated


def _category(run: Run, post: source.Post) -> int | None:
    found = run.ledger.find(ledger.CATEGORY, post.category_id)
    if found is None:
        run.report.odd("Posts without a category, put in the default one", told(post))
    return found


def told(post: source.Post) -> str:
    """How the report names a post."""
    return f"post {post.id} “{post.title[:60]}”"
