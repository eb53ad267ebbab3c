"""The old limits of forms are not narrower here; beyond ours a form comes back as it was typed."""

from dataclasses import dataclass

import pytest
from selectolax.lexbor import LexborHTMLParser

from bluelog.blueprints.admin.forms import LONGEST_CODE
from bluelog.extensions import db
from bluelog.models import AccountStatus, User
from bluelog.services.comments import LONGEST
from tests.stage import Stage
from tests.typing_in import FORMS, Filled, changes, controls, is_back, send

BY_PATH = {form.path: form for form in reversed(FORMS)}


@dataclass(frozen=True)
class Limit:
    """A field, how long it might be in the original, and how long it may be here."""

    path: str
    name: str
    was: int
    is_now: int

    def __str__(self) -> str:
        return f"{self.path} {self.name}"


LIMITS = [
    Limit("/admin/settings", "title", 60, 100),
    Limit("/admin/settings", "description", 100, 200),
    Limit("/admin/settings", "footer", LONGEST_CODE, LONGEST_CODE),
    Limit("/admin/settings", "custom_css", LONGEST_CODE, LONGEST_CODE),
    Limit("/admin/settings", "custom_js", LONGEST_CODE, LONGEST_CODE),
    Limit("/account", "name", 30, 60),
    Limit("/admin/posts/new", "title", 60, 200),
    Limit("/admin/categories/new", "name", 30, 60),
    Limit("/admin/categories/{travel}/edit", "name", 30, 60),
    Limit("/post/{alices_published_slug}", "author", 30, 60),
    Limit("/post/{alices_published_slug}", "email", 254, 254),
    Limit("/post/{alices_published_slug}", "site", 255, 255),
    Limit("/post/{alices_published_slug}", "body", LONGEST, LONGEST),
    Limit("/admin/links/new", "name", 30, 60),
    Limit("/admin/links/new", "url", 255, 500),
]
LABEL = "a" * 63


def of_length(name: str, length: int) -> str:
    """A good entry of that many characters."""
    if name in ("site", "url"):
        return "https://example.org/".ljust(length, "x")
    if name == "email":
        host = f"{LABEL}.{LABEL}.{LABEL}"
        return f"{'b' * (length - len(host) - 1)}@{host}"
    return "灯" * length


def filled(limit: Limit) -> Filled:
    if limit.path == "/post/{alices_published_slug}":
        return next(f for f in FORMS if f.path == limit.path and f.actor == "stranger")
    return BY_PATH[limit.path]


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_a_field_takes_what_it_took(stage: Stage, limit: Limit) -> None:
    assert limit.is_now >= limit.was
    form, entry = filled(limit), of_length(limit.name, limit.is_now)
    answer = send(stage, form, form.values | {limit.name: entry})
    assert answer.status_code == 303
    kept = [value for rows in stage.dump().values() for row in rows for value in row]
    assert entry in kept


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_one_character_more_comes_back_as_it_was_typed(stage: Stage, limit: Limit) -> None:
    form, before = filled(limit), stage.dump()
    # A local part of more than 64 characters is no address, however short the whole.
    entry = of_length(limit.name, limit.is_now + 1)
    answer = send(stage, form, form.values | {limit.name: entry})
    assert is_back(answer)
    assert controls(answer.text)[limit.name] == entry
    others = form.values.keys() - {limit.name, "submission_id"}
    shown = controls(answer.text)
    assert {n: shown.get(n, "").strip() for n in others} == {
        n: form.values[n].strip() for n in others
    }
    assert changes(stage, before) == []


def test_a_name_of_twenty_and_a_password_of_128_characters_open_the_door(stage: Stage) -> None:
    stage.change_site(registration_open=True)
    stage.app.config["MAIL_SERVER"] = ""
    form = BY_PATH["/auth/register"]
    typed = {"username": "n" * 20, "password": "lantern-42 " * 11 + "harbour"}
    assert len(typed["password"]) == 128
    assert send(stage, form, form.values | typed).status_code in (200, 303)
    with stage.app.app_context():
        db.session.execute(
            db.update(User)
            .where(User.username == typed["username"])
            .values(status=AccountStatus.ACTIVE)
        )
        db.session.commit()
    door = BY_PATH["/auth/login"]
    answer = send(
        stage, door, {"login": typed["username"], "password": typed["password"], "remember": "y"}
    )
    assert answer.status_code == 303


def test_a_category_keeps_its_own_name_and_no_other_takes_it(stage: Stage) -> None:
    edit, new = BY_PATH["/admin/categories/{travel}/edit"], BY_PATH["/admin/categories/new"]
    assert send(stage, edit, {"name": "Travel", "slug": "travel"}).status_code == 303
    refused = send(stage, new, new.values | {"name": "Travel", "slug": ""})
    assert is_back(refused)
    assert controls(refused.text)["name"] == "Travel"


def test_a_new_post_is_in_the_default_category_of_a_list_by_name(stage: Stage) -> None:
    page = LexborHTMLParser(stage.client("alice").get("/admin/posts/new").text)
    names = [node.text() for node in page.css("[name=category_id] option")]
    assert names == sorted(names)
    [chosen] = page.css("[name=category_id] option[selected]")
    assert chosen.text() == "General"
