"""Accounts for readers, where the site allows them."""

from typing import Any

from flask import abort, request

from bluelog import mail
from bluelog.blueprints.auth import bp
from bluelog.blueprints.auth.forms import AddressForm, RegistrationForm
from bluelog.blueprints.auth.rendering import account_page
from bluelog.clock import now
from bluelog.services import registration
from bluelog.web import visitor
from bluelog.web.forms import carried_out


@bp.route("/auth/register", methods=["GET", "POST"])
def register() -> Any:
    """Ask for an account; the answer does not tell whether the address has one."""
    _check_open()
    form = RegistrationForm()
    if carried_out(form, lambda: _register(form)):
        return account_page("auth/registration/waiting.html", by_mail=mail.is_configured())
    return account_page("auth/registration/form.html", form)


@bp.route("/auth/confirm", methods=["GET", "POST"])
def resend_confirmation() -> Any:
    """Ask for the confirmation link once more."""
    _check_open()
    form = AddressForm()
    if carried_out(form, lambda: _resend(form)):
        return account_page("auth/registration/waiting.html", by_mail=True)
    return account_page("auth/registration/resend.html", form)


def _register(form: RegistrationForm) -> bool:
    registration.register(
        username=form.username.data,
        email=form.email.data,
        password=form.password.data,
        locale=visitor.language(),
        submission_id=form.submission_id.data,
        mail_works=mail.is_configured(),
        address=request.remote_addr or "",
        at=now(),
    )
    return True


def _resend(form: AddressForm) -> bool:
    registration.resend(form.email.data, address=request.remote_addr or "", at=now())
    return True


def _check_open() -> None:
    settings = visitor.site()
    if settings is None or not settings.registration_open:
        abort(404)
