"""What an editor found when it was opened: what its writer leaves alone stays as it is now.

Tags and series are renamed, merged and arranged while posts are being written.
"""

from bluelog.blueprints.admin.forms import PostForm
from bluelog.models import Post
from bluelog.queries.series import series_of
from bluelog.queries.tags import tags_of
from bluelog.services.former_tags import put_on_top
from bluelog.text.tags import tags_in
from bluelog.web.templating import comma


def note_what_is_there(form: PostForm, post: Post, *, anew: bool = False) -> None:
    """Have the form say what the post has; if not `anew`, only where it does not say already what
    it had at first.
    """
    fields = (form.series_was, form.part_was, form.tags_were)
    if not anew and all(field.data is not None for field in fields):
        return
    there = series_of(post)
    tags = comma().join(tag.name for tag in tags_of(post.id))
    held = (there.name if there else "", str(post.part or ""), tags)
    for field, value in zip(fields, held, strict=True):
        if anew or field.data is None:
            field.data = value


def begin_anew(form: PostForm, post: Post) -> None:
    """Have the form start from what the post has now, and show it where nothing was changed."""
    (name, part), tags = series_meant(form), tags_meant(form, post)
    note_what_is_there(form, post, anew=True)
    if name is None:
        form.series.data = form.series_was.data
    if name is None and part is None:
        form.part.data, form.part.raw_data = post.part, None
    if tags is None:
        form.tags.data = form.tags_were.data


def series_meant(form: PostForm) -> tuple[str | None, int | None]:
    """The name and the part to save; None for what stays as it is, or is not said."""
    if not form.series.raw_data:
        return None, None
    name, part = form.series.data or "", form.part.data
    is_same = form.series_was.raw_data and name == form.series_was.data
    if not is_same:
        return name, part
    return None, None if str(part or "") == (form.part_was.data or "") else part


def tags_meant(form: PostForm, post: Post | None) -> tuple[str, ...] | None:
    """The tags to save: what was changed of those at first, done to those that there are now.

    None where nothing was, or the form has no such field.
    """
    if not form.tags.raw_data:
        return None
    typed = tags_in(form.tags.data or "")
    if post is None or not form.tags_were.raw_data:
        return typed
    were = tags_in(form.tags_were.data or "")
    return None if typed == were else put_on_top(typed, were, post)
