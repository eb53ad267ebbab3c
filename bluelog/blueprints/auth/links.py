"""Where the links of mails lead. Opening one changes nothing; its button does."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from bluelog import mail
from bluelog.blueprints.auth import bp
from bluelog.blueprints.auth.forms import AddressForm, InvitationForm, ResetForm
from bluelog.blueprints.auth.rendering import NOTICES, account_page
from bluelog.blueprints.auth.signing import let_in
from bluelog.clock import now
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Token, TokenPurpose, User
from bluelog.queries.people import usable_token
from bluelog.services import (
    invitations,
    profiles,
    registration,
    resets,
    sessions,
    subscriptions,
)
from bluelog.web import visitor
from bluelog.web.errors import error_page
from bluelog.web.forms import Form, carried_out

_DEAD = (
    _l("This link does not work"),
    _l(
        "It may have been used already, be too old, or have a newer one in its place. "
        "If you have used it, sign in; if not, ask for a new one."
    ),
)


@bp.route("/auth/reset", methods=["GET", "POST"])
def ask_reset() -> Any:
    """Ask for a link; the answer does not tell whether the address has an account."""
    form = AddressForm()
    if carried_out(form, lambda: _ask(form)):
        return account_page("auth/links/reset_asked.html", by_mail=mail.is_configured())
    return account_page("auth/links/ask_reset.html", form, by_mail=mail.is_configured())


@bp.route("/auth/reset/<signed>", methods=["GET", "POST"])
def reset(signed: str) -> Any:
    """Choose a new password."""
    token = _token(signed, TokenPurpose.RESET)
    form, token_id = ResetForm(), token.id
    user = carried_out(form, lambda: resets.reset_password(token_id, form.password.data, at=now()))
    if user is None:
        return account_page("auth/links/reset.html", form)
    return _enter(user)


@bp.route("/auth/invitation/<signed>", methods=["GET", "POST"])
def invitation(signed: str) -> Any:
    """Take an account over."""
    token = _token(signed, TokenPurpose.INVITATION)
    form, token_id = InvitationForm(obj=token.user), token.id
    user = carried_out(
        form,
        lambda: invitations.accept(
            token_id,
            username=form.username.data,
            name=form.name.data or "",
            password=form.password.data,
            locale=visitor.language(),
            at=now(),
        ),
    )
    if user is None:
        return account_page("auth/links/invitation.html", form)
    return _enter(user)


@bp.route("/auth/confirm/<signed>", methods=["GET", "POST"])
def confirmation(signed: str) -> Any:
    """Confirm the address that an account was asked for with."""
    return _confirm(signed, TokenPurpose.CONFIRMATION, registration.confirm)


@bp.route("/auth/email/<signed>", methods=["GET", "POST"])
def email_change(signed: str) -> Any:
    """Confirm an account's new address."""
    return _confirm(signed, TokenPurpose.EMAIL_CHANGE, profiles.confirm_email)


@bp.route("/unsubscribe/<signed>", methods=["GET", "POST"])
def unsubscribe(signed: str) -> Any:
    """Send no more mail about replies to an address; mail programs may post here by themselves."""
    email = mail.email_in(signed)
    if email is None:
        abort(404)
    if request.method == "POST":
        subscriptions.unsubscribe(email, at=now())
        return redirect(url_for("blog.index", notice="unsubscribed"), 303)
    return account_page("auth/links/unsubscribe.html", Form(), email=email)


def _confirm(signed: str, purpose: TokenPurpose, verb: Callable[..., User]) -> Any:
    token = _token(signed, purpose)
    form, token_id = Form(), token.id
    if carried_out(form, lambda: verb(token_id, at=now())):
        if visitor.viewer():
            flash(NOTICES["confirmed"])
            return redirect(url_for("auth.account"), 303)
        return redirect(url_for("auth.sign_in", notice="confirmed"), 303)
    return account_page("auth/links/confirm.html", form)


def _token(signed: str, purpose: TokenPurpose) -> Token:
    token_id = mail.token_id_in(signed, purpose)
    token = usable_token(token_id, purpose, now()) if token_id else None
    if token is None or not mail.is_for(signed, token):
        abort(error_page(404, said=_DEAD))
    return token


def _ask(form: AddressForm) -> bool:
    resets.ask(form.email.data, address=request.remote_addr or "", at=now())
    return True


def _enter(user: User) -> Response:
    return let_in(user, sessions.open_session(user, remember=False, at=now()), remember=False)
