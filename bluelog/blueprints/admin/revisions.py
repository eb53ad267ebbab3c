"""What a post was: the list of its revisions, what one changed, the way back."""

from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.doubts import Checked, Doubtful, ask_once
from bluelog.blueprints.admin.labels import LABELS
from bluelog.blueprints.admin.posts import editable_post
from bluelog.blueprints.admin.rendering import dashboard_page, say
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.models import PUBLIC_STATUSES, Post, Revision
from bluelog.queries import frame, history
from bluelog.services.restoring import content_at, restore_revision
from bluelog.text.blocks import blocks
from bluelog.text.difference import Row, difference, word_difference
from bluelog.web.paging import window
from bluelog.web.visitor import viewer

# What is shown as it was and as it became; of other fields it is told that they were changed.
_LINES = ("title", "slug", "excerpt", "language", "category_id")


@dataclass(frozen=True)
class Compared:
    """What one revision has and another has not."""

    lines: list[tuple[Any, Any, Any]]
    told: list[Any]
    rows: list[Row]


@bp.get("/posts/<id:post_id>/revisions")
def list_revisions(post_id: int) -> Any:
    """Who saved the post and when, newest first."""
    post = editable_post(post_id)
    page = history.revisions_page(post_id, window("BLUELOG_MANAGE_POST_PER_PAGE"))
    newest = history.newest_revision(post_id)
    return dashboard_page(
        "admin/revisions/list.html", post=post, page=page, newest=newest and newest.number
    )


@bp.get("/posts/<id:post_id>/revisions/<id:number>")
def show_revision(post_id: int, number: int) -> Any:
    """What it changed of the one before it; with `?to=now`, what was changed since."""
    post = editable_post(post_id)
    chosen = history.revision(post_id, number) or abort(404)
    return _page(post, chosen, since=request.args.get("to") == "now")


def _page(
    post: Post, chosen: Revision, *, since: bool = False, checked: Checked | None = None
) -> Any:
    newest = history.newest_revision(post.id) or abort(404)
    since = since and newest.number != chosen.number
    before = chosen if since else history.revision_before(post.id, chosen.number)
    after = newest if since else chosen
    return dashboard_page(
        "admin/revisions/compare.html",
        post=post,
        chosen=chosen,
        before=before,
        after=after,
        newest=newest.number,
        since=since,
        checked=checked,
        compared=_compared(before, after),
    )


@bp.post("/posts/<id:post_id>/revisions/<id:number>/restoration")
def go_back_to_revision(post_id: int, number: int) -> Any:
    """Save the words of that revision anew; of a post that readers see, asking as any save does."""
    person: Any = viewer()
    post, chosen = editable_post(post_id), history.revision(post_id, number) or abort(404)
    try:
        if post.status in PUBLIC_STATUSES:
            ask_once(content_at(post, chosen), post, post.kind)
        restore_revision(post_id, number, by=person, at=now())
    except Doubtful as doubt:
        return _page(post, chosen, checked=doubt.checked), 422
    except RuleBroken as refusal:
        say(str(refusal), refused=True)
        return redirect(url_for("admin.list_revisions", post_id=post_id), 303)
    say(
        _(
            "The text of revision %(number)d is back. What was there before is a revision, too.",
            number=number,
        )
    )
    return redirect(url_for("admin.edit_post", post_id=post_id), 303)


def _compared(before: Revision | None, after: Revision) -> Compared:
    old, new = (before.fields if before else {}), after.fields
    # What a revision has no word of is empty, as what is said to be nothing.
    there = old.keys() | new.keys()
    differing = {name for name in there if (old.get(name) or None) != (new.get(name) or None)}
    lines = [
        (LABELS[name], *word_difference(_shown(name, old), _shown(name, new)))
        for name in _LINES
        if before is not None and name in differing
    ]
    others = differing - {"source", *_LINES} if before is not None else set()
    told = [LABELS[name] for name in LABELS if name in others]
    texts = [blocks(held.get("source") or "", _format(held)) for held in (old, new)]
    return Compared(lines, told, difference(*texts))


def _format(held: dict[str, Any]) -> str:
    return str(held.get("source_format") or "html")


def _shown(name: str, held: dict[str, Any]) -> str:
    value = held.get(name)
    if name == "category_id":
        found = frame.category(value) if value else None
        return found.name if found else ""
    return str(value or "")
