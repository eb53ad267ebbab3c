"""What the forms of every blueprint share. A form checks shape; a service checks truth."""

import re
import secrets
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar
from zoneinfo import available_timezones

from babel.support import Translations
from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_babel import get_locale
from flask_wtf import FlaskForm
from flask_wtf.form import _Auto
from werkzeug.datastructures import CombinedMultiDict
from wtforms import Field, HiddenField, SelectChoice, StringField, TextAreaField, ValidationError
from wtforms.i18n import messages_path
from wtforms.validators import Length, StopValidation

from bluelog.errors import RuleBroken
from bluelog.i18n import lazy_gettext as _l

T = TypeVar("T")
_NO_ZONES = {"Factory", "localtime"}  # names that some systems list and that mean no place
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@]+([/?#]\S*)?", re.IGNORECASE)


class Form(FlaskForm):  # type: ignore[misc]
    """A form of the site. Tokens and origins are the guard's concern, for every request alike."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        csrf = False

        def get_translations(self, _form: FlaskForm) -> Any:
            """The words of the fields' own checks; Flask-WTF reads them anew for each request."""
            return _field_words(str(get_locale()))

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """What was sent as a form, and nothing else; sent empty, it is an empty form."""
            if formdata is not _Auto or not form.is_submitted():
                return None if formdata is _Auto else formdata
            return CombinedMultiDict((request.files, request.form))

    def pin(self, error: RuleBroken) -> None:
        """Show what a service refused at its field, or above the form where it names none."""
        for refusal in (error, *error.more):
            field = self._fields.get(refusal.field or "")
            if field is None:
                self.form_errors.append(refusal.message)
            else:
                field.errors = [*field.errors, refusal.message]


@cache
def _field_words(locale: str) -> Any:
    return Translations.load(messages_path(), [locale], domain="wtforms")


class SubmissionForm(Form):
    """A form that creates something: sent twice, it creates once."""

    submission_id = HiddenField(default=lambda: secrets.token_urlsafe(16))

    def validate_submission_id(self, field: Field) -> None:
        if not re.fullmatch(r"[\w-]{16,64}", field.data or "", re.ASCII):
            field.data = secrets.token_urlsafe(16)


def choices(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Options of a select field: value and label of each."""
    return [SelectChoice(value, label) for value, label in pairs]


def time_zones() -> list[SelectChoice]:
    """Every zone there is, by name."""
    return choices((name, name) for name in sorted(available_timezones() - _NO_ZONES))


def stripped(value: Any) -> Any:
    """White space around an entry is never meant."""
    return value.strip() if isinstance(value, str) else value


class Line(StringField):  # type: ignore[misc]
    """One line of text, stripped."""

    def __init__(self, label: Any = None, validators: Any = (), **options: Any) -> None:
        super().__init__(label, validators, filters=[stripped], **options)


class Lines(TextAreaField):  # type: ignore[misc]
    """Some lines of text, their ends as one newline each."""

    def __init__(self, label: Any = None, validators: Any = (), **options: Any) -> None:
        super().__init__(label, validators, filters=[_unix_newlines], **options)


class Filled:
    """Required, and not by white space alone."""

    field_flags = {"required": True}  # noqa: RUF012 - the name and type WTForms looks for

    def __call__(self, _form: FlaskForm, field: Field) -> None:
        # What was not sent leaves the value that the form began with, which nobody typed.
        if not field.raw_data or not (field.data or "").strip():
            raise StopValidation(_l("This field is required."))


def between(least: int, most: int) -> Length:
    """The length in characters; that there is at least one is Filled's to say."""
    return Length(least, most, _l("At most %(max)d characters fit here.", max=most))


def email_address(_form: FlaskForm, field: Field) -> None:
    """The syntax of an address; whether it takes mail is seen by sending some."""
    try:
        validate_email(field.data, check_deliverability=False)
    except EmailNotValidError:
        raise ValidationError(_l("This is not an e-mail address.")) from None


def web_address(_form: FlaskForm, field: Field) -> None:
    """An http or https address."""
    if not _WEB_ADDRESS.fullmatch(field.data or ""):
        raise ValidationError(_l("Write an address that begins with http:// or https://."))


def _unix_newlines(value: Any) -> Any:
    return value.replace("\r\n", "\n").strip() if isinstance(value, str) else value


def carried_out(form: Form, verb: Callable[[], T]) -> T | None:
    """What the verb made of a valid form; None where the form must be shown again."""
    if not form.validate_on_submit():
        return None
    try:
        return verb()
    except RuleBroken as error:
        form.pin(error)
        return None
