"""What is done to the posts that were chosen in the list."""

from collections.abc import Callable
from functools import partial

from flask import abort, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.comments import chosen_ids
from bluelog.blueprints.admin.rendering import say
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.services import several
from bluelog.services.several import Outcome
from bluelog.text.ids import id_in
from bluelog.web.redirects import local_path
from bluelog.web.visitor import signed_in


@bp.post("/posts/publication")
def publish_several() -> Response:
    return _each(
        several.publish, lambda n: ngettext("One is published.", "%(num)d are published.", n)
    )


@bp.post("/posts/withdrawal")
def withdraw_several() -> Response:
    return _each(several.withdraw, lambda n: ngettext("One is a draft.", "%(num)d are drafts.", n))


@bp.post("/posts/trash")
def trash_several() -> Response:
    return _each(
        several.trash,
        lambda n: ngettext("One is in the trash.", "%(num)d are in the trash.", n),
        undo=True,
    )


@bp.post("/posts/restoration")
def restore_several() -> Response:
    return _each(
        several.restore,
        lambda n: ngettext("One is out of the trash.", "%(num)d are out of the trash.", n),
    )


@bp.post("/posts/category")
def file_several() -> Response:
    category_id = id_in(request.form.get("category_id")) or abort(400)
    return _each(
        partial(several.file, category_id=category_id),
        lambda n: ngettext("One has another category.", "%(num)d have another category.", n),
    )


@bp.post("/posts/comments/opening")
def open_several() -> Response:
    return _each(
        partial(several.set_comments_open, open_=True),
        lambda n: ngettext("One takes comments.", "%(num)d take comments.", n),
    )


@bp.post("/posts/comments/closing")
def close_several() -> Response:
    return _each(
        partial(several.set_comments_open, open_=False),
        lambda n: ngettext("One takes no comments.", "%(num)d take no comments.", n),
    )


def _each(
    verb: Callable[..., Outcome], told: Callable[[int], str], *, undo: bool = False
) -> Response:
    """Do it, and say how many were changed, how many were not, and why."""
    ids = chosen_ids()
    if not ids:
        say(_("Choose at least one post."), refused=True)
        return _back()
    person = signed_in()
    try:
        outcome = verb(ids, by=person, at=now())
    except RuleBroken as error:
        say(str(error.message), refused=True)
        return _back()
    if outcome.done:
        say(told(outcome.done), undo=undo)
    _tell_of_the_rest(outcome)
    return _back()


def _tell_of_the_rest(outcome: Outcome) -> None:
    if outcome.unfit:
        message = ngettext(
            "One is left as it is: this does not go with its state.",
            "%(num)d are left as they are: this does not go with their state.",
            outcome.unfit,
        )
        say(message, refused=True)
    if outcome.doubted:
        message = ngettext(
            "One is left as it is: the check before publishing found something serious."
            " Open it and publish it there.",
            "%(num)d are left as they are: the check before publishing found something serious."
            " Open them and publish them there.",
            outcome.doubted,
        )
        say(message, refused=True)
    if outcome.forbidden:
        message = ngettext(
            "One is left as it is: you may not change it, or it is gone.",
            "%(num)d are left as they are: you may not change them, or they are gone.",
            outcome.forbidden,
        )
        say(message, refused=True)


def _back() -> Response:
    return redirect(local_path(request.referrer) or url_for("admin.manage_posts"), 303)
