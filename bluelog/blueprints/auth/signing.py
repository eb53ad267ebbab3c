"""Signing in and out."""

from typing import Any

from flask import redirect, request, session, url_for
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from bluelog.blueprints.auth import bp
from bluelog.blueprints.auth.forms import SignInForm
from bluelog.blueprints.auth.rendering import account_page
from bluelog.clock import now
from bluelog.models import User
from bluelog.services import accounts
from bluelog.web.forms import carried_out
from bluelog.web.redirects import local_path
from bluelog.web.visitor import viewer


@bp.route("/auth/login", methods=["GET", "POST"])
def sign_in() -> Any:
    """Sign in by username or e-mail address."""
    if viewer():
        return redirect(local_path(request.args.get("next")) or url_for("blog.index"))
    form = SignInForm()
    signed_in = carried_out(
        form,
        lambda: accounts.sign_in(
            form.login.data,
            form.password.data,
            address=request.remote_addr or "",
            remember=form.remember.data,
            at=now(),
        ),
    )
    if signed_in is None:
        target = local_path(request.values.get("next"))
        return account_page("auth/signing/in.html", form, next=target)
    return let_in(*signed_in, remember=form.remember.data)


@bp.get("/auth/logout")
def confirm_sign_out() -> Any:
    """A button: a link alone must not sign anyone out."""
    if viewer() is None:
        return redirect(url_for("blog.index"))
    return account_page("auth/signing/out.html")


@bp.post("/auth/logout")
def sign_out() -> Response:
    """End this session."""
    if person := viewer():
        accounts.sign_out(person.session_token)
    logout_user()
    session.clear()
    return redirect(url_for("blog.index", notice="signed-out"), 303)


def let_in(user: User, key: str, *, remember: bool) -> Response:
    """Give the browser its cookie and lead on to where it was going."""
    keep_key(user, key, remember=remember)
    home = "admin.index" if user.may_write else "blog.index"
    target = local_path(request.values.get("next"))
    return redirect(target or url_for(home), 303)


def keep_key(user: User, key: str, *, remember: bool) -> None:
    """Put the session's key into the cookie, and nothing of before."""
    session.clear()
    user.session_token = key
    session.permanent = remember
    login_user(user)
