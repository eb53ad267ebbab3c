"""Every page there is, in both languages and both colour modes: accessible, valid, quiet."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser

from bluelog import mail
from bluelog.clock import now
from bluelog.extensions import db
from bluelog.models import (
    ArchiveMonth,
    Category,
    Comment,
    Link,
    MenuItem,
    MissingAddress,
    Post,
    PostKind,
    PostRead,
    PostReadTotal,
    PreviewLink,
    Redirect,
    Series,
    SiteRead,
    Tag,
    TokenPurpose,
    Upload,
    User,
    WorkingCopy,
)
from bluelog.queries.people import person_by_username
from bluelog.services import (
    posts,
    preferences,
    preview_links,
    restoring,
    tokens,
    working_copies,
)
from bluelog.services.preferences import Preferences
from bluelog.services.working_copies import Typed
from bluelog.uow import unit_of_work
from tests.conftest import make_app
from tests.databases import Databases
from tests.e2e.stage import ROOT, Blog, Watched, running_blog, visit
from tests.postbox import free_port

pytestmark = pytest.mark.slow

VNU = Path(os.environ.get("BLUELOG_TEST_VNU", ROOT / ".tools" / "vnu.jar"))
PASSWORD = "a-lantern-by-the-window"
LANGUAGES = ("en", "zh-Hans")
MODES = ("light", "dark")
# Answers that are no page: pictures, styles, redirects, machine-readable.
NO_PAGE = {
    "static",
    "bootstrap.static",
    "ckeditor.static",
    "blog.upload",
    "blog.former_upload",
    "blog.custom_asset",
    "admin.upload_choices",
    "admin.session_state",
    "blog.robots",
    "blog.sitemap",
    "blog.sitemap_lists",
    "blog.sitemap_part",
    "healthz",
    "readyz",
}
# CKEditor draws its own chrome around the text.
NOT_OURS = [".cke"]


@pytest.fixture(scope="module")
def full_blog(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Blog, Flask]]:
    """A blog with the demo's content that takes registrations, and an app on its database."""
    folder = tmp_path_factory.mktemp("full")
    url = databases.copy(folder)
    app = make_app(folder, url)
    with running_blog(folder, url, free_port()) as blog:
        blog.flask("forge", "--yes", "--category", "0", "--post", "12", "--comment", "60")
        blog.flask("init", "--username", "ada", "--password", PASSWORD)
        with app.app_context():
            ada = person_by_username("ada")
            wanted = Preferences("Bluelog", registration_open=True, sidebar=True)
            preferences.change(wanted, version=1, by=ada, at=now())
            _retell(_commented().post_id, ada)
            _make_part_of_a_series(_commented().post_id)
            _count(_commented().post_id)
            _show_a_draft(ada)
            _type_without_saving(ada)
            _put_a_page_under_another(ada)
        yield blog, app
    with app.app_context():
        db.engine.dispose()
    databases.drop(url)


def addresses(app: Flask, blog: Blog) -> tuple[dict[str, str], dict[str, str]]:
    """One address for every GET rule: a stranger's pages, and an administrator's."""
    with app.app_context():
        values = _values(app, blog)
        adapter = app.url_map.bind("localhost")
        found: dict[str, str] = {}
        for rule in app.url_map.iter_rules():
            is_page = rule.endpoint not in NO_PAGE and "form" not in rule.arguments
            if "GET" in rule.methods and is_page:
                chosen = {name: values[rule.endpoint, name] for name in rule.arguments}
                found[f"{rule.endpoint} {rule.rule}"] = adapter.build(rule.endpoint, chosen)
    inside = {k: v for k, v in found.items() if k.startswith(("admin.", "auth.account"))}
    outside = {k: v for k, v in found.items() if k not in inside}
    inside |= {f"{k} signed in": v for k, v in outside.items() if k.startswith("blog.show_post ")}
    return outside, inside


def _commented() -> Comment:
    approved = db.select(Comment).where(Comment.status == "approved").order_by(Comment.id)
    return db.session.scalars(approved.limit(1)).one()


def _retell(post_id: int, ada: User) -> None:
    """Give the post revisions to compare."""
    post = db.session.get_one(Post, post_id)
    held = restoring.content_of(post)
    changed = replace(held, title=f"{held.title}!", source=f"{held.source}<p>And so on.</p>")
    posts.save(post_id, changed, version=post.version, by=ada, at=now())


def _make_part_of_a_series(post_id: int) -> None:
    # The worker of this blog writes at the same time.
    with unit_of_work():
        voyages = Series(name="Voyages", name_key="voyages", slug="voyages")
        db.session.add(voyages)
        db.session.flush()
        post = db.session.get_one(Post, post_id)
        post.series_id, post.part = voyages.id, 1


class _Values(dict[tuple[str, str], Any]):
    """What stands in for a rule's argument: by endpoint and name, else by name."""

    def __missing__(self, key: tuple[str, str]) -> Any:
        return self["", key[1]]


def _values(app: Flask, blog: Blog) -> _Values:
    def first(model: Any, *conditions: Any) -> Any:
        return db.session.scalars(db.select(model).where(*conditions).order_by(model.id)).first()

    commented = _commented()
    post = db.session.get(Post, commented.post_id)
    page = first(Post, Post.kind == "page")
    category = first(Category)
    values = _Values({("", "slug"): post.slug, ("", "post_id"): post.id})
    values |= {("", "comment_id"): commented.id, ("", "category_id"): category.id}
    values |= {("blog.show_page", "slug"): page.slug, ("blog.show_category", "slug"): category.slug}
    below = first(Post, Post.parent_id == page.id)
    values |= {("", "parent"): page.slug, ("blog.show_subpage", "slug"): below.slug}
    values |= {("", "tag_id"): first(Tag).id, ("blog.show_tag", "slug"): first(Tag).slug}
    values |= {("", "series_id"): post.series_id, ("blog.show_series", "slug"): "voyages"}
    month = db.session.scalars(db.select(ArchiveMonth)).first()
    values |= {("", "year"): month.year, ("", "month"): month.month}
    values |= {("", "username"): "alice", ("", "link_id"): first(Link).id}
    values["", "item_id"] = first(MenuItem, MenuItem.post_id == page.id).id
    values |= {("", "redirect_id"): first(Redirect, Redirect.path == "/old").id}
    values |= {("", "user_id"): person_by_username("bob").id, ("", "name"): "auto"}
    values |= {("", "upload_id"): first(Upload).id}
    values |= {("", "number"): 2, ("", "copy_id"): first(WorkingCopy).id}
    values |= {("", "code"): "en", ("", "filename"): first(Upload).filename}
    for endpoint, link in _signed(app, blog).items():
        values["auth." + endpoint, "signed"] = link
    shown = mail.preview_address(first(PreviewLink))
    values["blog.show_preview", "signed"] = shown.rpartition("/")[2]
    return values


def _put_a_page_under_another(ada: User) -> None:
    about = db.session.scalars(db.select(Post).where(Post.kind == "page").order_by(Post.id)).first()
    content = posts.Content("How it began", "<p>Long ago.</p>", "en", parent=about.id)
    posts.create_published(content, by=ada, at=now(), kind=PostKind.PAGE)


def _show_a_draft(ada: User) -> None:
    content = posts.Content("Not yet", "<p>Soon.</p>", "en")
    draft = posts.create(content, by=ada, at=now())
    preview_links.make(draft.id, days=1, submission_id="a-link-to-a-draft", by=ada, at=now())


def _type_without_saving(ada: User) -> None:
    content = posts.Content("Not saved", "<p>Words.</p>", "en")
    sent = {"title": [content.title], "source": [content.source]}
    working_copies.keep(Typed("a-closed-editor-1", sent, content), by=ada, at=now())


def _count(post_id: int) -> None:
    """Something on each page of what is counted."""
    moved = Redirect(path="/old", target="/post/new", created_at=now(), hits=3, last_hit_at=now())
    origin = "https://example.org/a"
    missed = MissingAddress(path="/not/旧址", count=2, last_at=now(), referrer=origin, lead=1)
    ignored = MissingAddress(path="/noise", count=1, last_at=now(), is_ignored=True)
    today = now().date()
    read = PostRead(post_id=post_id, day=today, source="example.org", count=7)
    totals = [PostReadTotal(post_id=post_id, period=p, count=7) for p in ("", f"{today:%Y-%m}")]
    site = SiteRead(day=today, source="example.org", count=7)
    with unit_of_work():
        db.session.add_all([moved, missed, ignored, read, *totals, site])


def _signed(app: Flask, blog: Blog) -> dict[str, str]:
    """Links as mails carry them, signed with the key of the blog that runs."""
    app.config["SECRET_KEY"] = blog.environment["SECRET_KEY"]
    endpoints = {
        "invitation": TokenPurpose.INVITATION,
        "reset": TokenPurpose.RESET,
        "confirmation": TokenPurpose.CONFIRMATION,
        "email_change": TokenPurpose.EMAIL_CHANGE,
    }
    with unit_of_work():
        user = db.session.scalars(db.select(User).where(User.username == "rita")).one()
        made = {name: tokens.issue(user, p, at=now()) for name, p in endpoints.items()}
        db.session.flush()  # A link is signed over the token's id.
        links = {name: mail.link_for(token) for name, token in made.items()}
    links["unsubscribe"] = mail.unsubscribe_link("rita@example.com")
    return {name: link.rpartition("/")[2] for name, link in links.items()}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("mode", MODES)
def test_axe_finds_nothing(
    browser: Browser, full_blog: tuple[Blog, Flask], language: str, mode: str
) -> None:
    blog, app = full_blog
    outside, inside = addresses(app, blog)
    found: dict[str, list[str]] = {}
    for who, pages in ((None, outside), ("ada", inside)):
        visitor = visit(browser, blog, color_scheme=mode, locale=_locale(language))
        if who:
            _sign_in(visitor, who)
        for name, address in pages.items():
            visitor.page.goto(address)
            result = Axe().run(visitor.page, context={"exclude": NOT_OURS})
            broken = [_told(violation) for violation in result.response["violations"]]
            if broken:
                found[f"{name} ({address})"] = broken
        assert visitor.complaints == []
        visitor.context.close()
    assert found == {}


@pytest.mark.skipif(not VNU.exists(), reason="no HTML checker: `make vnu` fetches it (npm, java)")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_is_valid(
    browser: Browser, full_blog: tuple[Blog, Flask], language: str, tmp_path: Path
) -> None:
    blog, app = full_blog
    outside, inside = addresses(app, blog)
    names: dict[str, str] = {}
    for who, pages in ((None, outside), ("ada", inside)):
        visitor = visit(browser, blog, locale=_locale(language))
        if who:
            _sign_in(visitor, who)
        for name, address in pages.items():
            file = tmp_path / f"{len(names)}.html"
            names[file.name] = name
            file.write_bytes(visitor.context.request.get(address).body())
        visitor.context.close()
    command = ["java", "-jar", str(VNU), "--format", "json", "--stdout", "--skip-non-html"]
    checked = subprocess.run([*command, str(tmp_path)], check=False, capture_output=True)
    messages = json.loads(checked.stdout)["messages"]
    wrong = [
        f"{names[m['url'].rpartition('/')[2]]}: {m['message']} {m.get('extract', '')[:120]}"
        for m in messages
        if m["type"] == "error" or m.get("subType") == "warning"
    ]
    assert wrong == []


def _sign_in(visitor: Watched, username: str) -> None:
    visitor.page.goto("/auth/login")
    visitor.page.fill("[name=login]", username)
    visitor.page.fill("[name=password]", PASSWORD)
    visitor.page.locator("main button").first.click()
    visitor.page.wait_for_url(re.compile("/admin/"))


def _told(violation: dict[str, Any]) -> str:
    return f"{violation['id']}: {violation['nodes'][0]['html'][:160]}"


def _locale(language: str) -> str:
    return {"en": "en-GB", "zh-Hans": "zh-CN"}[language]
