"""What people write is given back, and what is secret never is, in every form there is."""

from collections.abc import Iterator

import pytest
from flask import Flask
from wtforms import PasswordField, StringField

from bluelog.web.forms import Form
from bluelog.web.kept import LABELS, SECRETS

# Who signs in types it again; what is hidden goes along unseen.
NOT_WORDS = {"login", "stamp", "submission_id", "taken", "cover_id", "version"}
NOT_WORDS |= {"appears", "appears_was"}  # a time, shown again as test_scheduling says
NOT_WORDS |= {"in_menu_was", "note_was"}  # as they were found
NOT_WORDS |= {"series_was", "part_was", "tags_were"}  # the fields beside them, as they were found


def _forms(form: type[Form]) -> Iterator[type[Form]]:
    for kind in form.__subclasses__():
        yield kind
        yield from _forms(kind)


@pytest.fixture
def fields(app: Flask) -> dict[str, type]:
    """The kind of every field of every form; the app has loaded them all."""
    assert app.blueprints
    return {
        name: field.field_class
        for form in _forms(Form)
        for name in dir(form)
        if hasattr(field := getattr(form, name), "field_class")
    }


def test_every_secret_is_known_for_one(fields: dict[str, type]) -> None:
    secrets = {name for name, kind in fields.items() if issubclass(kind, PasswordField)}
    assert secrets == SECRETS & fields.keys() - {"code"}


def test_everything_people_write_in_is_shown_again(fields: dict[str, type]) -> None:
    written = {name for name, kind in fields.items() if issubclass(kind, StringField)}
    assert written - SECRETS - NOT_WORDS == set(LABELS)
