"""Random acts on a blog, each of them one that people or the worker may do."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bluelog.errors import NotAllowed, NotFound, RuleBroken, VersionConflict
from bluelog.extensions import db
from bluelog.models import (
    Category,
    Comment,
    CommentStatus,
    Link,
    MenuItem,
    Post,
    PostKind,
    PostStatus,
    Redirect,
    Role,
    Series,
    Site,
    Tag,
    User,
)
from bluelog.queries import frame
from bluelog.queries.people import person_by_username
from bluelog.queries.series import all_parts
from bluelog.services import (
    categories,
    changes,
    comments,
    links,
    menus,
    overdue,
    people,
    pins,
    posts,
    preferences,
    profiles,
    relating,
    restoring,
    series,
    several,
    tags,
)
from bluelog.services.comments import Guest, Words
from bluelog.text.wall_time import wall_time

MOST_POSTS = 14
REFUSALS = (NotAllowed, NotFound, RuleBroken, VersionConflict)
_WORDS = "anchor brook cinder dune ember fern grove harbour island juniper kettle lantern".split()  # noqa: SIM905

# What is filled in with a post and is no column of it.
_NO_COLUMNS = {"original", "authors", "series", "part", "tags", "appears", "parent", "in_menu"}


@dataclass
class Wanderer:
    """Who does one act at a time, chosen by chance alone."""

    chance: Random
    at: datetime

    def __post_init__(self) -> None:
        named = {name: person_by_username(name) for name in ("ada", "eve", "alice", "rita")}
        self.ada, self.eve, self.alice, self.rita = named.values()

    def act(self, name: str) -> str:
        """Do it, and say how it went."""
        try:
            ACTS[name](self)
        except REFUSALS as refusal:
            db.session.rollback()
            return f"{name}: {type(refusal).__name__}"
        finally:
            db.session.remove()
        return name

    def words(self, count: int = 3) -> str:
        return " ".join(self.chance.choices(_WORDS, k=count)).capitalize()

    def maybe(self, value: Any, other: Any) -> Any:
        return value if self.chance.random() < 0.5 else other

    def one(self, model: type[Any], *conditions: Any) -> Any:
        """Any row; where there is none, the act is refused."""
        rows = db.session.scalars(db.select(model).where(*conditions).order_by(model.id)).all()
        if not rows:
            raise NotFound
        return self.chance.choice(rows)

    def content(self, post: Post | None = None) -> posts.Content:
        """Something new in place of some of what is there."""
        fresh = posts.Content(
            self.words(),
            f"<p>{self.words(self.chance.randrange(1, 400))}</p>",
            self.maybe("en", "zh-Hans"),
            excerpt=self.maybe("", self.words(6)),
            category_id=self.one(Category).id,
            comments_open=self.chance.random() < 0.8,
            tags=self.maybe(None, tuple(self.chance.choices(_WORDS, k=self.chance.randrange(4)))),
            original=self.maybe(None, self.maybe("", self.one(Post).slug)),
            authors=self.authors() if self.chance.random() < 0.3 else None,
            series=self.maybe(None, self.maybe("", self.maybe("Voyages", self.words(1)))),
            part=self.maybe(None, self.chance.randrange(1, 9)),
            parent=self.maybe(None, self.maybe(0, self.one(Post).id)),
            position=self.chance.randrange(9),
            in_menu=self.maybe(None, self.maybe(True, False)),
        )
        if post is None:
            return fresh
        columns = vars(fresh).keys() - _NO_COLUMNS
        given = [field for field in sorted(columns) if self.chance.random() < 0.6]
        kept = {field: getattr(post, field) for field in given}
        return posts.Content(**vars(fresh) | kept)

    def authors(self) -> str:
        """One or more of those who write, in any order."""
        named = ["ada", "eve", "alice"]
        return ", ".join(self.chance.sample(named, k=self.chance.randrange(1, 4)))

    def change(self, verb: Callable[..., Any], *conditions: Any) -> None:
        post = self.one(Post, *conditions)
        verb(post.id, self.content(post), version=post.version, by=self.ada, at=self.at)

    def moderate(self, verb: Callable[..., Any]) -> None:
        many = [self.one(Comment).id for _ in range(self.chance.randrange(1, 4))]
        verb(many, by=self.eve, at=self.at)


def _write(self: Wanderer) -> None:
    if db.session.scalar(db.select(db.func.count()).select_from(Post)) >= MOST_POSTS:
        raise NotFound
    verb = self.chance.choice([posts.create, posts.create_published, posts.create_published])
    kind = self.chance.choice([PostKind.POST, PostKind.POST, PostKind.POST, PostKind.PAGE])
    verb(self.content(), by=self.maybe(self.ada, self.eve), at=self.at, kind=kind)


def _schedule(self: Wanderer) -> None:
    """Publish a draft for a time to come, or give another one to what is scheduled."""
    post = self.one(Post, Post.status.in_((PostStatus.DRAFT, PostStatus.SCHEDULED)))
    soon = self.at + timedelta(minutes=self.chance.randrange(2, 90))
    zone = ZoneInfo(db.session.scalars(db.select(Site.time_zone)).one())
    content = replace(self.content(post), appears=wall_time(soon, zone))
    verb = posts.publish if post.status == PostStatus.DRAFT else posts.save
    if not post.is_public_at(self.at):
        verb(post.id, content, version=post.version, by=self.ada, at=self.at)


def _rename(self: Wanderer) -> None:
    """Give a post another address, or one that some post had before."""
    post, former = self.one(Post), db.session.scalars(db.select(Redirect.path)).all()
    wanted = [path.rpartition("/")[2] for path in sorted(former)] + _WORDS
    content = replace(self.content(post), slug=self.chance.choice(wanted))
    posts.save(post.id, content, version=post.version, by=self.ada, at=self.at)


def _do_to_several(self: Wanderer) -> None:
    some = [self.one(Post).id for _ in range(self.chance.randrange(1, 5))]
    if self.chance.random() < 0.2:
        several.file(some, self.one(Category).id, by=self.eve, at=self.at)
        return
    verb = self.chance.choice(
        [several.publish, several.withdraw, several.trash, several.restore, several.restore]
    )
    verb(some, by=self.maybe(self.ada, self.alice), at=self.at)


def _pin(self: Wanderer) -> None:
    verb = self.chance.choice([pins.pin, pins.pin, pins.unpin])
    verb(self.one(Post, Post.kind == PostKind.POST).id, by=self.eve, at=self.at)


def _relate(self: Wanderer) -> None:
    while relating.relate_next(self.at):
        pass


def _say(self: Wanderer) -> None:
    post = self.one(Post, Post.kind == PostKind.POST)
    above = db.session.scalars(
        db.select(Comment.id)
        .where(Comment.post_id == post.id, Comment.status == CommentStatus.APPROVED)
        .order_by(Comment.id)
    ).all()
    parent = self.chance.choice(above) if above and self.chance.random() < 0.5 else None
    guest = Guest(self.words(2), f"{self.words(1)}@example.org", self.maybe("", "https://x.org/"))
    by = self.chance.choice([guest, guest, self.rita, self.alice, self.ada])
    address = f"203.0.{self.chance.randrange(256)}.{self.chance.randrange(256)}"
    words = Words(post.id, self.words(8), str(self.chance.random()), parent)
    comments.submit(words, by=by, address=address, at=self.at)


def _open_or_close(self: Wanderer) -> None:
    open_ = self.chance.random() < 0.5
    posts.set_comments_open(self.one(Post).id, open_=open_, by=self.eve, at=self.at)


def _undo(self: Wanderer) -> None:
    act = frame.last_reversible_act(self.maybe(self.eve, self.ada))
    if act is None:
        raise NotFound
    changes.reverse(act.id, by=db.session.get_one(User, act.actor_id), at=self.at)


def _recategorise(self: Wanderer) -> None:
    category = self.one(Category)
    match self.chance.randrange(3):
        case 0:
            categories.create(self.words(2), by=self.eve, at=self.at)
        case 1:
            slug = self.maybe(category.slug, self.words(1).lower())
            categories.change(category.id, self.words(2), slug=slug, by=self.eve, at=self.at)
        case _:
            categories.delete(category.id, by=self.eve, at=self.at)


def _retag(self: Wanderer) -> None:
    tag = self.one(Tag)
    match self.chance.randrange(5):
        case 0:
            tags.delete(tag.id, by=self.eve, at=self.at)
        case 1:
            tags.merge(tag.id, self.one(Tag).name, by=self.eve, at=self.at)
        case _:
            tags.change(
                tag.id, self.words(2), slug=self.maybe(tag.slug, ""), by=self.eve, at=self.at
            )


def _rearrange(self: Wanderer) -> None:
    found = self.one(Series)
    if self.chance.random() < 0.2:
        series.delete(found.id, by=self.eve, at=self.at)
        return
    slug = self.maybe(found.slug, self.words(1).lower())
    order = [part.id for part in all_parts(found)]
    self.chance.shuffle(order)
    options = {"slug": slug, "description": self.maybe("", self.words(4)), "order": order}
    series.change(found.id, self.words(2), **options, by=self.eve, at=self.at)


def _relink(self: Wanderer) -> None:
    address = f"https://{self.words(1).lower()}.example.org/"
    match self.chance.randrange(3):
        case 0:
            links.create(self.words(2), address, by=self.eve, at=self.at)
        case 1:
            links.change(self.one(Link).id, self.words(2), address, by=self.eve, at=self.at)
        case _:
            links.delete(self.one(Link).id, by=self.eve, at=self.at)


def _prefer(self: Wanderer) -> None:
    site = frame.site()
    assert site is not None
    wanted = preferences.Preferences(
        self.words(2),
        description=self.maybe("", self.words(4)),
        language=self.maybe("en", "zh-Hans"),
        time_zone=self.maybe("UTC", "Asia/Shanghai"),
        text_font=self.maybe("serif", "sans"),
        feed_text=self.maybe("full", "excerpt"),
        ai_crawlers=self.maybe(True, False),
        sidebar=self.maybe(True, False),
        comment_days=self.maybe(0, self.chance.randrange(1, 400)),
        registration_open=self.maybe(True, False),
        custom_css=self.maybe("", f"b {{ order: {self.chance.randrange(99)} }}"),
        footer=self.maybe("", f"<p>{self.words()}</p>"),
    )
    preferences.change(wanted, version=site.version, by=self.ada, at=self.at)


def _introduce(self: Wanderer) -> None:
    who = self.chance.choice([self.ada, self.eve, self.alice, self.rita])
    website = self.maybe("", f"https://{self.words(1).lower()}.example.org/")
    profiles.change_profile(
        name=self.words(2), bio=self.words(5), website=website, locale=None, by=who, at=self.at
    )


def _appoint(self: Wanderer) -> None:
    user_id = self.chance.choice([self.alice, self.rita]).id
    match self.chance.randrange(3):
        case 0:
            role = self.chance.choice([Role.READER, Role.CONTRIBUTOR, Role.AUTHOR])
            people.change_role(user_id, role, by=self.ada, at=self.at)
        case 1:
            people.disable(user_id, by=self.ada, at=self.at)
        case _:
            people.enable(user_id, by=self.ada, at=self.at)


def _purge(self: Wanderer) -> None:
    much_later = self.at + timedelta(days=31)
    overdue.purge_comments(much_later)
    overdue.purge(much_later)


def _nest(self: Wanderer) -> None:
    """Put a page under another one, or take it out."""
    page, above = self.one(Post, Post.kind == PostKind.PAGE), self.one(Post, Post.kind == "page")
    held = restoring.content_of(page)
    slug = self.maybe(page.slug, self.words(1).lower())
    asked = replace(held, parent=self.maybe(0, above.id), slug=slug)
    posts.save(page.id, asked, version=page.version, by=self.eve, at=self.at)


def _rearrange_menu(self: Wanderer) -> None:
    by = {"by": self.eve, "at": self.at}
    match self.chance.randrange(5):
        case 0:
            page, category, tag = (self.one(model) for model in (Post, Category, Tag))
            rows = (f"page:{page.id}", f"category:{category.id}", f"tag:{tag.id}")
            target = self.chance.choice([*rows, "home", "archive", "links", "search", "url"])
            address = self.maybe("/archive", f"https://{self.words(1).lower()}.example.org/")
            menu = self.maybe("main", "footer")
            menus.add(menu, target, url=address, label=self.maybe("", self.words(2)), **by)
        case 1:
            item = self.one(MenuItem)
            menus.change(item.id, label=self.words(2), url="/search", **by)
        case 2:
            menus.remove(self.one(MenuItem).id, **by)
        case _:
            menus.move(self.one(MenuItem).id, self.chance.randrange(-3, 4), **by)


ACTS: dict[str, Callable[[Wanderer], object]] = {
    "write": _write,
    "save": lambda self: self.change(posts.save),
    "save what is public": lambda self: self.change(
        posts.save, Post.status == PostStatus.PUBLISHED
    ),
    "publish": lambda self: self.change(posts.publish),
    "hide": lambda self: self.change(posts.make_private, Post.status == PostStatus.PUBLISHED),
    "withdraw": lambda self: self.change(posts.withdraw, Post.status == PostStatus.PUBLISHED),
    "schedule": _schedule,
    "pin": _pin,
    "relate": _relate,
    "turn over": lambda self: overdue.publish(self.at),
    "trash": lambda self: posts.trash(self.one(Post).id, by=self.eve, at=self.at),
    "restore": lambda self: posts.restore(
        self.one(Post, Post.status == PostStatus.TRASHED).id, by=self.eve, at=self.at
    ),
    "rename": _rename,
    "bulk": _do_to_several,
    "say": _say,
    "say more": _say,
    "approve": lambda self: self.moderate(comments.approve),
    "approve all": lambda self: comments.approve_all(by=self.eve, at=self.at),
    "hold": lambda self: self.moderate(comments.hold),
    "spam": lambda self: self.moderate(comments.mark_spam),
    "bin": lambda self: self.moderate(comments.trash),
    "open or close": _open_or_close,
    "undo": _undo,
    "nest": _nest,
    "nest again": _nest,
    "rearrange a menu": _rearrange_menu,
    "rearrange a menu again": _rearrange_menu,
    "recategorise": _recategorise,
    "retag": _retag,
    "rearrange": _rearrange,
    "relink": _relink,
    "prefer": _prefer,
    "introduce": _introduce,
    "appoint": _appoint,
    "purge": _purge,
}
