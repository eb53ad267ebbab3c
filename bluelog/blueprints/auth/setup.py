"""The first page of a new blog."""

import hmac
from typing import Any

import click
from flask import abort, current_app, redirect, request, url_for

from bluelog.blueprints.auth import bp
from bluelog.blueprints.auth.forms import SetUpForm
from bluelog.blueprints.auth.rendering import account_page
from bluelog.blueprints.auth.signing import let_in
from bluelog.clock import now
from bluelog.errors import NotAllowed, RuleBroken
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import User
from bluelog.queries.people import administrator_exists
from bluelog.services import sessions, setting_up
from bluelog.web import visitor
from bluelog.web.forms import carried_out


@bp.route("/setup", methods=["GET", "POST"])
def set_up() -> Any:
    """Make the administrator and the blog, with the code that the terminal shows."""
    if administrator_exists():
        abort(404)
    form = SetUpForm()
    if not form.is_submitted():
        # To the terminal alone: whoever reads the log later has no use for it.
        click.echo(f"To set up the blog, open {_address()}", err=True)
        form.code.data = request.args.get("code", "")
        form.language.data = visitor.language()
    try:
        user = carried_out(form, lambda: _make(form))
    except NotAllowed:
        return redirect(url_for("auth.sign_in"), 303)
    if user is None:
        return account_page("auth/setup/form.html", form)
    return let_in(user, sessions.open_session(user, remember=False, at=now()), remember=False)


def setup_code() -> str:
    """The setup code, the same in every process of this blog."""
    key = current_app.config["SECRET_KEY"].encode()
    return hmac.new(key, b"setup", "sha256").hexdigest()[:20]


def _address() -> str:
    return url_for("auth.set_up", code=setup_code(), _external=True)


def _make(form: SetUpForm) -> User:
    if not hmac.compare_digest(form.code.data.encode(), setup_code().encode()):
        raise RuleBroken("code", _l("This is not the code that the terminal shows."))
    owner = setting_up.Owner(
        form.username.data, form.password.data, form.name.data or "", form.email.data or None
    )
    blog = setting_up.Blog(
        form.title.data, form.description.data or "", form.language.data, form.time_zone.data
    )
    return setting_up.set_up(owner, blog, at=now())
