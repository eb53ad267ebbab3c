"""The first administrator and the blog."""

import pytest
from flask import Flask

from bluelog.errors import NotAllowed, RuleBroken
from bluelog.extensions import db
from bluelog.models import AuditEvent, Category, Post, PostAuthor, Role, Site, User
from bluelog.queries.people import administrator_exists
from bluelog.queries.posts import public_posts
from bluelog.services import accounts, setting_up
from bluelog.services.setting_up import Blog, Owner
from tests.conftest import NOW, PASSWORD
from tests.racing import at_once

OWNER = Owner("grace", PASSWORD, name="Grace", email="grace@example.com")
BLOG = Blog("The Harbour", "Notes from the quay", "zh-Hans", "Asia/Shanghai", "<p>Ferries.</p>")


@pytest.fixture
def empty(app: Flask):
    with app.app_context():
        yield app


def count(model: type) -> int:
    return db.session.scalar(db.select(db.func.count()).select_from(model))


def set_up(owner: Owner = OWNER, blog: Blog = BLOG) -> User:
    return setting_up.set_up(owner, blog, at=NOW)


def test_setting_up_makes_the_administrator_who_can_sign_in(empty):
    assert not administrator_exists()
    user = set_up()
    assert administrator_exists()
    assert (user.role, user.name, user.email) == (Role.ADMINISTRATOR, "Grace", "grace@example.com")
    signed_in, _key = accounts.sign_in(
        "grace", PASSWORD, address="192.0.2.1", remember=False, at=NOW
    )
    assert signed_in is user


def test_setting_up_makes_the_site_as_it_was_asked_for(empty):
    set_up()
    site = db.session.scalars(db.select(Site)).one()
    assert (site.title, site.description) == ("The Harbour", "Notes from the quay")
    assert (site.language, site.time_zone) == ("zh-Hans", "Asia/Shanghai")
    assert site.registration_open is False


def test_setting_up_makes_one_default_category(empty):
    set_up()
    category = db.session.scalars(db.select(Category)).one()
    assert category.is_default
    assert category.slug


def test_setting_up_makes_an_about_page_that_is_public(empty):
    user = set_up()
    page = db.session.scalars(db.select(Post)).one()
    assert (page.kind, page.slug, page.language) == ("page", "about", "zh-Hans")
    assert page.is_public_at(NOW)
    assert not page.comments_open
    assert "Ferries." in page.html
    assert page.plain.strip() == "Ferries."
    author = db.session.scalars(db.select(PostAuthor)).one()
    assert (author.user_id, author.public_at) == (user.id, None)
    assert db.session.scalars(public_posts(NOW)).all() == []


def test_an_about_page_is_made_even_of_nothing(empty):
    set_up(blog=Blog("The Harbour"))
    assert db.session.scalars(db.select(Post)).one().plain.strip()


def test_markup_on_the_about_page_is_cleaned(empty):
    set_up(blog=Blog("The Harbour", about_html="<p>x</p><script>alert(1)</script>"))
    assert "script" not in db.session.scalars(db.select(Post)).one().html


def test_setting_up_is_kept_in_the_trail(empty):
    user = set_up()
    act = db.session.scalars(db.select(AuditEvent)).one()
    assert (act.action, act.actor_id) == ("site.set-up", user.id)


def test_a_blog_is_set_up_once(empty):
    set_up()
    with pytest.raises(NotAllowed):
        set_up(Owner("intruder", PASSWORD))
    assert count(User) == 1


def test_what_an_import_brought_is_kept(empty):
    db.session.add(Site(id=7, title="Old", created_at=NOW))
    db.session.add(Category(name="Misc", name_key="misc", slug="misc", is_default=True))
    about = Post(
        kind="page", slug="about", title="Me", language="en", created_at=NOW, updated_at=NOW
    )
    db.session.add(about)
    db.session.commit()
    set_up()
    assert db.session.scalars(db.select(Site)).one().title == "The Harbour"
    assert (count(Category), count(Post)) == (1, 1)


@pytest.mark.parametrize(
    ("owner", "blog", "field"),
    [
        (Owner("grace", "short"), BLOG, "password"),
        (Owner("grace", "The Harbour"), BLOG, "password"),
        (Owner("", PASSWORD), BLOG, "username"),
        (Owner("grace hopper", PASSWORD), BLOG, "username"),
        (OWNER, Blog("x", language="xx"), "language"),
        (OWNER, Blog("x", time_zone="Mars/Olympus"), "time_zone"),
    ],
)
def test_what_breaks_a_rule_is_pinned_to_its_field_and_makes_nothing(empty, owner, blog, field):
    with pytest.raises(RuleBroken) as refusal:
        set_up(owner, blog)
    assert refusal.value.field == field
    assert [count(model) for model in (User, Site, Category, Post)] == [0, 0, 0, 0]


def test_of_many_who_set_up_at_once_one_succeeds(empty):
    owners = [Owner(f"owner-{n}", PASSWORD) for n in range(4)]
    results = at_once(empty, *[lambda o=owner: set_up(o).id for owner in owners])
    assert sum(isinstance(result, int) for result in results) == 1
    assert sum(isinstance(result, NotAllowed) for result in results) == 3
    assert [count(model) for model in (User, Site, Category, Post)] == [1, 1, 1, 1]
