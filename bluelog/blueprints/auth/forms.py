"""Forms of accounts."""

from collections.abc import Callable
from functools import partial
from typing import Any

from wtforms import BooleanField, PasswordField, SelectField
from wtforms.validators import Optional

from bluelog.errors import RuleBroken
from bluelog.i18n import LANGUAGES
from bluelog.i18n import lazy_gettext as _l
from bluelog.services import identities
from bluelog.web.forms import (
    Filled,
    Form,
    Line,
    Lines,
    SubmissionForm,
    between,
    choices,
    email_address,
    time_zones,
    web_address,
)

LONGEST_PASSWORD = 1024


def new_password(label: Any = None) -> PasswordField:
    """A password to be chosen; how good it is the service says."""
    return PasswordField(
        label or _l("Password"),
        [Filled(), between(1, LONGEST_PASSWORD)],
        render_kw={"autocomplete": "new-password"},
    )


def known_password(label: str) -> PasswordField:
    """The password that the account has."""
    hint = {"autocomplete": "current-password"}
    return PasswordField(label, [Filled(), between(1, LONGEST_PASSWORD)], render_kw=hint)


class SignInForm(Form):
    login = Line(
        _l("Username or e-mail"),
        [Filled(), between(1, 254)],
        render_kw={"autocomplete": "username", "autocapitalize": "none"},
    )
    password = known_password(_l("Password"))
    remember = BooleanField(_l("Stay signed in on this device"))


class CredentialsForm(Form):
    """A form that chooses how to sign in.

    Which names are free the service alone says. Where the form is refused before, what can be said
    without it is said at once and not after the next try.
    """

    def validate(self, *args: Any, **options: Any) -> bool:
        if super().validate(*args, **options):
            return True
        username, password = self.username.data or "", self.password.data or ""
        self._look("username", partial(identities.check_username, username))
        self._look("password", partial(identities.check_password, password, username))
        return False

    def _look(self, name: str, check: Callable[[], None]) -> None:
        if self[name].errors:
            return
        try:
            check()
        except RuleBroken as refusal:
            self.pin(refusal)


class SetUpForm(CredentialsForm):
    code = Line(_l("Setup code"), [Filled(), between(1, 100)])
    title = Line(_l("Blog title"), [Filled(), between(1, 100)])
    description = Line(_l("Description"), [Optional(), between(0, 200)])
    language = SelectField(_l("Language"), choices=choices(LANGUAGES.items()))
    time_zone = SelectField(_l("Time zone"), choices=time_zones(), default="UTC")
    username = Line(_l("Username"), [Filled(), between(1, 50)])
    name = Line(_l("Name"), [Optional(), between(0, 60)])
    email = Line(_l("E-mail"), [Optional(), between(0, 254), email_address])
    password = new_password()


class RegistrationForm(CredentialsForm, SubmissionForm):
    username = Line(_l("Username"), [Filled(), between(1, 50)])
    email = Line(_l("E-mail"), [Filled(), between(1, 254), email_address])
    password = new_password()


class InvitationForm(CredentialsForm):
    username = Line(_l("Username"), [Filled(), between(1, 50)])
    name = Line(_l("Name"), [Optional(), between(0, 60)])
    password = new_password()


class AddressForm(Form):
    email = Line(
        _l("E-mail"), [Filled(), between(1, 254), email_address], render_kw={"type": "email"}
    )


class ResetForm(Form):
    password = new_password(_l("New password"))


class ProfileForm(Form):
    name = Line(_l("Name"), [Optional(), between(0, 60)])
    bio = Lines(_l("About you"), [Optional(), between(0, 2000)])
    website = Line(_l("Website"), [Optional(), between(0, 255), web_address])
    locale = SelectField(
        _l("Language"), choices=choices([("", _l("As the browser asks")), *LANGUAGES.items()])
    )


class PasswordForm(Form):
    current = known_password(_l("Current password"))
    password = new_password(_l("New password"))


class EmailForm(Form):
    email = Line(_l("E-mail"), [Optional(), between(0, 254), email_address])
    password = known_password(_l("Current password"))
