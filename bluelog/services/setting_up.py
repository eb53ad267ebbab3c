"""The first day of a blog."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import available_timezones

from sqlalchemy import select

from bluelog.errors import NotAllowed, RuleBroken
from bluelog.events import Act, PostPublished
from bluelog.extensions import db
from bluelog.i18n import CATALOGUES, LANGUAGES, force_locale, gettext
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import (
    AccountStatus,
    Category,
    Post,
    PostAuthor,
    PostKind,
    PostStatus,
    Role,
    Site,
    User,
)
from bluelog.passwords import hash_password
from bluelog.queries.people import administrator_exists
from bluelog.services import identities, menus, slugs, upserts
from bluelog.services.categories import key_of
from bluelog.services.content import Content
from bluelog.services.locks import lock_site
from bluelog.services.rendering import render_post
from bluelog.uow import record, unit_of_work

ABOUT = "about"


@dataclass(frozen=True)
class Owner:
    """The first administrator."""

    username: str
    password: str
    name: str = ""
    email: str | None = None


@dataclass(frozen=True)
class Blog:
    """What the blog is called and where it is at home."""

    title: str
    description: str = ""
    language: str = "en"
    time_zone: str = "UTC"
    about_html: str = ""


def set_up(owner: Owner, blog: Blog, *, at: datetime) -> User:
    """Make the first administrator, the site, its default category and its About page.

    Raises NotAllowed once there is an administrator, RuleBroken. Emits PostPublished.
    """
    _check(blog)
    _check_unclaimed()
    user = User(name=owner.name, role=Role.ADMINISTRATOR, status=AccountStatus.ACTIVE)
    known = (owner.email, blog.title)
    identities.check_credentials(user, owner.username, owner.password, *known)
    user.created_at, user.password_hash = at, hash_password(owner.password)
    with force_locale(CATALOGUES[blog.language]):
        about, category_name = _about(blog, at), gettext("General")
    with unit_of_work():
        site = _claimed_site(blog, at)
        _add_administrator(user, owner)
        _add_default_category(category_name)
        _add_about(about, user)
        record(Act("site.set-up", user.id, at, "site", site.id))
    return user


def _check(blog: Blog) -> None:
    if blog.language not in LANGUAGES:
        raise RuleBroken("language", _l("Choose one of the listed languages."))
    if blog.time_zone not in available_timezones():
        raise RuleBroken("time_zone", _l("This is not a time zone."))


def _check_unclaimed() -> None:
    if administrator_exists():
        raise NotAllowed


def _claimed_site(blog: Blog, at: datetime) -> Site:
    """The site's row, held: of two who set up at once the second waits, and is refused."""
    if db.session.scalar(select(Site.id)) is None:
        row = upserts.insert(Site).values(id=1, title=blog.title, created_at=at)
        db.session.execute(row.on_conflict_do_nothing())
    lock_site()
    _check_unclaimed()
    site = db.session.scalars(select(Site)).one()
    site.title, site.description = blog.title, blog.description
    site.language, site.time_zone = blog.language, blog.time_zone
    return site


def _add_administrator(user: User, owner: Owner) -> None:
    identities.give_username(user, owner.username)
    identities.give_email(user, owner.email)
    db.session.add(user)
    db.session.flush()  # The About page and the trail name its id.


def _add_default_category(name: str) -> None:
    """Imported categories may be there already, the default one among them."""
    if db.session.scalar(select(Category.id).where(Category.is_default)) is not None:
        return
    category = Category(name=name, name_key=key_of(name), is_default=True, post_count=0)
    category.slug = slugs.category_slug(category, "")
    db.session.add(category)


def _about(blog: Blog, at: datetime) -> Post:
    words = gettext("What this blog is about will be told here.")
    source = blog.about_html or f"<p>{words}</p>"
    content = Content(gettext("About"), source, blog.language)
    rendering = render_post(content)
    page = Post(kind=PostKind.PAGE, status=PostStatus.PUBLISHED, slug=ABOUT, comments_open=False)
    page.title, page.language, page.source = content.title, content.language, source
    page.html, page.plain, page.words = rendering.html, rendering.plain, rendering.words
    page.summary = rendering.excerpt
    page.published_at = page.created_at = page.updated_at = at
    return page


def _add_about(page: Post, author: User) -> None:
    known = select(Post.id).where(Post.kind == PostKind.PAGE, Post.slug == ABOUT)
    if db.session.scalar(known) is not None:
        return
    db.session.add(page)
    db.session.flush()  # The author's row needs the page's id.
    db.session.add(PostAuthor(post_id=page.id, user_id=author.id, position=0))
    menus.show_page(page, is_in=True)
    record(PostPublished(page.id, author.id))
