"""Writing: every change of a post is one of these verbs, each one transaction."""

from datetime import datetime
from typing import Any

from sqlalchemy import select

from bluelog.errors import NotAllowed, RuleBroken, VersionConflict
from bluelog.events import PostReturned
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Category, Post, PostAuthor, PostKind, PostStatus, User
from bluelog.queries.frame import default_category
from bluelog.services import (
    authors,
    dates,
    menus,
    notes,
    pages,
    repeats,
    revisions,
    series,
    slugs,
    states,
    tags,
    translations,
    uploads,
)
from bluelog.services.content import Content
from bluelog.services.locks import lock_site, locked_post
from bluelog.services.notes import MaybeNote
from bluelog.services.rendering import READ_FROM, Rendering, render_post
from bluelog.uow import record, unit_of_work


def create(
    content: Content,
    *,
    by: User,
    at: datetime,
    submission_id: str | None = None,
    kind: PostKind = PostKind.POST,
) -> Post:
    """Make a draft; the same submission again answers with the draft it made.

    Raises VersionConflict where other words come with it, or the post is no longer as it was made.
    """
    return _create(content, states.draft, by=by, at=at, submission_id=submission_id, kind=kind)


def create_published(
    content: Content,
    *,
    by: User,
    at: datetime,
    submission_id: str | None = None,
    kind: PostKind = PostKind.POST,
) -> Post:
    """Make a post and publish it in one go. Emits PostPublished."""
    return _create(content, states.publish, by=by, at=at, submission_id=submission_id, kind=kind)


def create_submitted(
    content: Content, *, by: User, at: datetime, submission_id: str | None = None
) -> Post:
    """Make a post and hand it in for review in one go. Emits PostSubmitted."""
    return _create(
        content, states.submit, by=by, at=at, submission_id=submission_id, kind=PostKind.POST
    )


def save(
    post_id: int,
    content: Content,
    *,
    version: int,
    by: User,
    at: datetime,
    restored: int = 0,
    note: MaybeNote = None,
) -> Post:
    """Change the post where it stands; `restored` is the number of the revision it goes back to.

    Here and below, an editor's `note` to the writer is kept with the post.
    """
    options: Any = {"version": version, "restored": restored, "note": note}
    return _change(post_id, content, states.keep, by=by, at=at, **options)


def publish(post_id: int, content: Content, *, version: int, by: User, at: datetime) -> Post:
    """Save and make public. Emits PostPublished the first time."""
    return _change(post_id, content, states.publish, version=version, by=by, at=at)


def submit(post_id: int, content: Content, *, version: int, by: User, at: datetime) -> Post:
    """Save and hand in for review. Emits PostSubmitted."""
    return _change(post_id, content, states.submit, version=version, by=by, at=at)


def withdraw(
    post_id: int, content: Content, *, version: int, by: User, at: datetime, note: MaybeNote = None
) -> Post:
    """Save and make it a draft again."""
    return _change(post_id, content, states.draft, version=version, by=by, at=at, note=note)


def make_private(
    post_id: int, content: Content, *, version: int, by: User, at: datetime, note: MaybeNote = None
) -> Post:
    """Save and show it to those only who may edit it."""
    return _change(post_id, content, states.hide, version=version, by=by, at=at, note=note)


def give_back(
    post_id: int, content: Content, *, version: int, by: User, at: datetime, note: MaybeNote = None
) -> Post:
    """Save a post under review and return it to its writer with a note. Emits PostReturned."""

    def return_it(post: Post, by: User, at: datetime) -> None:
        if not by.may_edit_everything:
            raise NotAllowed
        if post.status != PostStatus.PENDING:
            raise RuleBroken(None, _l("This post is not waiting for review."))
        states.draft(post, by, at)
        post.returned_at = at
        record(PostReturned(post.id, by.id, post.review_note))

    return _change(post_id, content, return_it, version=version, by=by, at=at, note=note)


def set_comments_open(post_id: int, *, open_: bool, by: User, at: datetime) -> Post:
    """Open or close the comments of one post."""
    with unit_of_work():
        post = locked_post(post_id, by)
        post.comments_open = open_
        _touch(post, at)
    return post


def trash(post_id: int, *, by: User, at: datetime) -> Post:
    """Put the post in the trash; it is purged after 30 days."""
    with unit_of_work():
        post = locked_post(post_id, by)
        if post.status != PostStatus.TRASHED:
            states.discard(post, by, at)
            _touch(post, at)
    return post


def discard(
    post_id: int, content: Content, *, version: int, by: User, at: datetime, note: MaybeNote = None
) -> Post:
    """Save and put in the trash, from which it comes back with what was saved."""
    return _change(post_id, content, states.discard, version=version, by=by, at=at, note=note)


def restore(post_id: int, *, by: User, at: datetime) -> Post:
    """Take the post out of the trash, to the status it had."""
    with unit_of_work():
        post = locked_post(post_id, by)
        if post.status == PostStatus.TRASHED:
            states.restore(post, by, at)
            _touch(post, at)
    return post


def recover(
    post_id: int, content: Content, *, version: int, by: User, at: datetime, note: MaybeNote = None
) -> Post:
    """Save and take out of the trash, to the status it had."""
    return _change(post_id, content, states.restore, version=version, by=by, at=at, note=note)


def _create(
    content: Content,
    transition: states.Transition,
    *,
    by: User,
    at: datetime,
    submission_id: str | None,
    kind: PostKind,
) -> Post:
    rendering = render_post(content)
    with unit_of_work():
        lock_site()
        if not by.may_write or (kind == PostKind.PAGE and not by.may_edit_everything):
            raise NotAllowed
        submitted = select(Post).where(Post.submission_id == submission_id)
        if submission_id and (known := db.session.scalar(submitted)):
            if known.kind != kind or not repeats.is_as_asked(known, content, transition):
                raise VersionConflict(known)
            return known
        post = Post(kind=kind, created_at=at, updated_at=at, submission_id=submission_id, slug="")
        post.status, post.version, post.comment_count = PostStatus.DRAFT, 0, 0
        _fill(post, content, rendering, at)
        db.session.add(post)
        db.session.flush()  # The author's row needs the post's id.
        db.session.add(PostAuthor(post_id=post.id, user_id=by.id, position=0))
        _place(post, content, transition, by=by, at=at)
        revisions.keep(post, content, by=by, at=at)
    return post


def _change(
    post_id: int,
    content: Content,
    transition: states.Transition,
    *,
    version: int,
    by: User,
    at: datetime,
    restored: int = 0,
    note: MaybeNote = None,
) -> Post:
    rendering = render_post(content)
    with unit_of_work():
        lock_site()
        post = locked_post(post_id, by)
        if post.version != version:
            raise VersionConflict(post)
        if post.status == PostStatus.TRASHED and transition is not states.restore:
            raise RuleBroken(None, _l("This post is in the trash. Restore it first."))
        was_public, before = dates.was_public(post, at), _as_read(post)
        revisions.keep_former(post, content)
        _fill(post, content, rendering, at)
        if was_public and _as_read(post) != before:
            post.revised_at = at
        notes.put_on(post, note, by=by)
        _place(post, content, transition, by=by, at=at)
        revisions.keep(post, content, by=by, at=at, restored=restored)
    return post


def _as_read(post: Post) -> list[Any]:
    return [getattr(post, name) for name in READ_FROM]


def _fill(post: Post, content: Content, rendering: Rendering, at: datetime) -> None:
    post.title, post.language = content.title, content.language
    post.source, post.source_format = content.source, content.source_format
    post.with_contents, post.with_formulas = content.with_contents, content.with_formulas
    post.html, post.plain, post.words = rendering.html, rendering.plain, rendering.words
    post.excerpt, post.summary = content.excerpt, content.excerpt or rendering.excerpt
    post.comments_open = content.comments_open
    _file(post, content.category_id)
    post.cover_id = uploads.as_cover(content.cover_id)
    former = post.path
    pages.put_under(post, content.parent, content.position)
    post.slug = slugs.post_slug(post, content.slug)
    pages.readdress(post, former, at)


def _place(
    post: Post, content: Content, transition: states.Transition, *, by: User, at: datetime
) -> None:
    """Write what is beside the row of the post, then take it to its state."""
    authors.name(post, content.authors, by=by)
    series.put_in(post, content.series, content.part)
    tags.put_on(post, content.tags)
    menus.show_page(post, is_in=content.in_menu)
    translations.link(post, content.original, by=by, at=at)
    dates.put_on(post, content.appears, transition, by=by, at=at)
    transition(post, by, at)
    _touch(post, at)


def _file(post: Post, category_id: int | None) -> None:
    if post.kind == PostKind.PAGE:
        return
    category = db.session.get(Category, category_id) if category_id else default_category()
    if category is None:
        raise RuleBroken("category_id", _l("This category is gone. Choose another one."))
    if post.status == PostStatus.PUBLISHED and post.category_id != category.id:
        states.count(post.category_id, -1)
        states.count(category.id, 1)
    post.category_id = category.id


def _touch(post: Post, at: datetime) -> None:
    post.updated_at = at
    post.version += 1
