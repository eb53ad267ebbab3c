"""A form that was sent again: whether what it made is what it asks for."""

from bluelog.models import Post, PostKind, PostStatus
from bluelog.services import authors, dates, menus, pages, series, states, tags
from bluelog.services.content import Content
from bluelog.services.rendering import READ_FROM

_MADE: dict[states.Transition, tuple[PostStatus, ...]] = {
    states.draft: (PostStatus.DRAFT,),
    states.submit: (PostStatus.PENDING,),
    states.publish: (PostStatus.PUBLISHED, PostStatus.SCHEDULED),
}


def is_as_asked(post: Post, content: Content, transition: states.Transition) -> bool:
    """Whether there is nothing to be lost by answering with the post that is there."""
    kept = (*READ_FROM, "comments_open")
    is_same = all(getattr(post, name) == getattr(content, name) for name in kept)
    is_filed = post.kind == PostKind.PAGE or content.category_id in (None, post.category_id)
    is_filed = is_filed and pages.is_as_asked(post, content.parent, content.position)
    is_filed = is_filed and menus.is_as_asked(post, is_in=content.in_menu)
    is_named = content.slug in ("", post.slug) and tags.has_as_asked(post, content.tags)
    is_part = series.is_as_asked(post, content.series, content.part)
    is_placed = is_filed and is_part and authors.are_as_asked(post, content.authors)
    is_dated = not content.appears or dates.has_as_asked(post, content.appears)
    is_shown = is_placed and is_dated and post.status in _MADE[transition]
    return is_same and is_named and is_shown
