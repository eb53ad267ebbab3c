"""One's own account, for every role."""

from typing import Any

from flask import abort, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog import mail
from bluelog.blueprints.auth import bp
from bluelog.blueprints.auth.forms import EmailForm, PasswordForm, ProfileForm
from bluelog.blueprints.auth.rendering import account_page
from bluelog.blueprints.auth.signing import keep_key
from bluelog.clock import now
from bluelog.models import User
from bluelog.queries import comments as comment_queries
from bluelog.queries.history import own_copies
from bluelog.services import comments, profiles, working_copies
from bluelog.web.forms import carried_out
from bluelog.web.guards import SAFE_METHODS
from bluelog.web.paging import window
from bluelog.web.typed import read_in, words_of
from bluelog.web.visitor import signed_in, viewer


@bp.before_request
def close_to_strangers() -> Response | None:
    """What is somebody's own asks who it is; every other page here is for strangers."""
    if viewer() or not str(request.endpoint).startswith("auth.account"):
        return None
    if request.method not in SAFE_METHODS:
        abort(401)
    return redirect(url_for("auth.sign_in", next=request.path))


@bp.route("/account", methods=["GET", "POST"])
def account() -> Any:
    """The profile."""
    form = ProfileForm(obj=signed_in())
    if carried_out(form, lambda: _save(form)):
        return _done("auth.account", _("Your profile is saved."))
    return account_page("auth/account/profile.html", form)


@bp.route("/account/password", methods=["GET", "POST"])
def account_password() -> Any:
    """A new password, which signs every other browser out."""
    form = PasswordForm()
    person = signed_in()
    key = carried_out(form, lambda: _change_password(form, person))
    if key is None:
        return account_page("auth/account/password.html", form)
    keep_key(person, key, remember=session.permanent)
    return _done("auth.account", _("Your password is changed. Other browsers are signed out."))


@bp.route("/account/email", methods=["GET", "POST"])
def account_email() -> Any:
    """A new address, which counts once its mailbox has answered."""
    form = EmailForm(obj=signed_in())
    if carried_out(form, lambda: _change_email(form)):
        waits = mail.is_configured() and form.email.data
        told = _("Open the link that was sent there to confirm the address.")
        return _done("auth.account", told if waits else _("Your address is changed."))
    return account_page("auth/account/email.html", form)


@bp.get("/account/comments")
def account_comments() -> Any:
    """What the person has said."""
    page = comment_queries.own_page(signed_in(), window("BLUELOG_COMMENT_PER_PAGE"))
    return account_page("auth/account/comments.html", page=page)


@bp.post("/account/comments/<id:comment_id>/withdrawal")
def account_withdraw_comment(comment_id: int) -> Response:
    """Put one's own comment in the trash."""
    comments.withdraw(comment_id, by=signed_in(), at=now())
    return _done("auth.account_comments", _("Your comment is removed."))


@bp.get("/account/texts")
def account_texts() -> Any:
    """What the person typed into editors and did not save, for who has no dashboard any more."""
    copies = [(copy, words_of(copy), read_in(copy)) for copy in own_copies(signed_in())]
    return account_page("auth/account/texts.html", copies=copies)


@bp.post("/account/texts/<id:copy_id>/removal")
def account_drop_text(copy_id: int) -> Response:
    """Forget what was typed, at the person's word."""
    working_copies.drop(copy_id, by=signed_in())
    return _done("auth.account_texts", _("What was not saved is dropped."))


def _save(form: ProfileForm) -> User:
    return profiles.change_profile(
        name=form.name.data or "",
        bio=form.bio.data or "",
        website=form.website.data or "",
        locale=form.locale.data or None,
        by=signed_in(),
        at=now(),
    )


def _change_password(form: PasswordForm, person: User) -> str:
    return profiles.change_password(
        current=form.current.data,
        new=form.password.data,
        key=person.session_token,
        by=person,
        at=now(),
    )


def _change_email(form: EmailForm) -> bool:
    profiles.change_email(
        form.email.data or "",
        password=form.password.data,
        mail_works=mail.is_configured(),
        by=signed_in(),
        at=now(),
    )
    return True


def _done(endpoint: str, message: str) -> Response:
    flash(message)
    return redirect(url_for(endpoint), 303)
