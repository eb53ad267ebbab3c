"""What an editor writes to the writer of a post."""

from dataclasses import dataclass

from bluelog.models import Post, User

_BETWEEN = "\n\n"


@dataclass(frozen=True)
class Note:
    """A note as it was typed, and the one that stood there when that was begun."""

    text: str
    was: str = ""

    @property
    def is_changed(self) -> bool:
        return self.text != self.was


MaybeNote = Note | None


def put_on(post: Post, note: MaybeNote, *, by: User) -> None:
    """Keep what an editor typed with the post, below what another one wrote meanwhile."""
    if note is None or not by.may_edit_everything or not note.is_changed or has(post, note.text):
        return
    theirs = "" if post.review_note == note.was else post.review_note
    post.review_note = _BETWEEN.join(filter(None, (theirs, note.text)))


def has(post: Post, text: str) -> bool:
    """Whether that note is kept with the post, perhaps below another one's."""
    return post.review_note == text or bool(text and post.review_note.endswith(_BETWEEN + text))
