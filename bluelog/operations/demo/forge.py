"""Filling an empty blog: our own essays, and as much as is wanted from Faker."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import Category, Comment, Link, Post, PostAuthor, PostStatus, Site, User
from bluelog.operations.demo import covers, texts
from bluelog.operations.demo.people import Account, make_people, people_by_username
from bluelog.operations.demo.texts import Essay, Remark
from bluelog.services import menus, tags, uploads
from bluelog.services.categories import key_of
from bluelog.services.rendering import render_post
from bluelog.text.comment import plain_comment
from bluelog.text.render import HTML
from bluelog.text.slug import slugify
from bluelog.uow import unit_of_work

LINKS = {
    "Example Almanac": "https://example.com/almanac",
    "示例周刊": "https://example.org/weekly",
    "The Notebook": "https://example.net/notebook",
}
COVER_BYTES = 5_000_000


@dataclass
class Forged:
    """What was made: accounts with their passwords, and how many rows."""

    accounts: list[Account]
    counts: dict[str, int] = field(default_factory=dict)


def forge_demo(at: datetime) -> Forged:
    """Put the essays, their conversations and their people into the blog; what is there stays.

    A blog that is not set up gets a title, a default category and an administrator, `ada`.
    """
    accounts = make_people(at)
    cast = people_by_username()
    pictures = _covers(cast["ada"], at)
    essays = [(essay, render_post(essay)) for essay in texts.essays()]
    with unit_of_work():
        _site(at)
        known = set(db.session.scalars(select(Post.slug)))
        made = 0
        for essay, rendering in essays:
            if essay.slug in known:
                continue
            post = _post(essay, at)
            post.html, post.plain = rendering.html, rendering.plain
            post.words, post.summary = rendering.words, essay.excerpt or rendering.excerpt
            post.cover_id = pictures.get(essay.cover)
            post.category_id = _category(essay.category, post).id
            _add(post, [cast[name] for name in essay.authors])
            tags.put_on(post, essay.tags)
            made += 1
        said = _converse(cast, known, at)
        links = _links()
    return Forged(accounts, {"posts": made, "comments": said, "links": links})


@dataclass(frozen=True)
class _Source:
    source: str
    language: str
    source_format: str = HTML
    with_contents: bool = False
    with_formulas: bool = False


def _covers(owner: User, at: datetime) -> dict[str, int]:
    owner_id = owner.id
    made = {}
    for name in ("harbour", "hills", "night", "paper", "garden"):
        by = db.session.get(User, owner_id)
        assert by is not None, "make_people() has just made her"  # noqa: S101
        data = covers.draw(name)
        made[name] = uploads.store(data, f"{name}.jpg", by=by, at=at, max_bytes=COVER_BYTES).id
    return made


def _site(at: datetime) -> None:
    if db.session.scalar(select(Site.id)) is None:
        db.session.add(
            Site(
                title="Bluelog",
                description="A blog in two languages · 一个双语博客",
                created_at=at,
                version=1,
            )
        )
    if db.session.scalar(select(Category.id).where(Category.is_default)) is None:
        db.session.add(_new_category("Notes", is_default=True))
    if db.session.scalar(select(Post.id).where(Post.kind == "page", Post.slug == "about")) is None:
        rendering = render_post(_Source(texts.about("en") + texts.about("zh-Hans"), "en"))
        page = Post(kind="page", slug="about", title="About", language="en", version=1)
        page.source, page.html = rendering.html, rendering.html
        page.plain, page.words, page.summary = rendering.plain, rendering.words, rendering.excerpt
        page.status, page.comments_open = PostStatus.PUBLISHED, False
        page.created_at = page.updated_at = page.published_at = at
        db.session.add(page)
        db.session.flush()  # The menu's entry needs the page's id.
        menus.show_page(page, is_in=True)


def _new_category(name: str, *, is_default: bool = False) -> Category:
    return Category(
        name=name,
        name_key=key_of(name),
        slug=slugify(name, style="pinyin"),
        is_default=is_default,
        post_count=0,
    )


def _category(name: str, post: Post) -> Category:
    row = db.session.scalar(select(Category).where(Category.name_key == key_of(name)))
    if row is None:
        row = _new_category(name)
        db.session.add(row)
        db.session.flush()  # The post needs its id.
    row.post_count += post.status == PostStatus.PUBLISHED
    return row


def _post(essay: Essay, at: datetime) -> Post:
    chance = Random(essay.slug)  # noqa: S311 - a time of day, not a secret
    written = at - timedelta(days=essay.days_ago, minutes=chance.randrange(600))
    is_public = essay.status == PostStatus.PUBLISHED
    return Post(
        title=essay.title,
        slug=essay.slug,
        language=essay.language,
        source=essay.source,
        source_format=essay.source_format,
        with_contents=essay.with_contents,
        with_formulas=essay.with_formulas,
        excerpt=essay.excerpt,
        status=essay.status,
        published_at=written if is_public else None,
        created_at=written,
        updated_at=written,
        version=1,
        comment_count=0,
    )


def _add(post: Post, authors: list[User]) -> None:
    db.session.add(post)
    db.session.flush()  # The authors' rows need its id.
    for position, author in enumerate(authors):
        db.session.add(
            PostAuthor(
                post_id=post.id, user_id=author.id, position=position, public_at=post.published_at
            )
        )


def _converse(cast: dict[str, User], before: set[str], at: datetime) -> int:
    posts = {post.slug: post for post in db.session.scalars(select(Post))}
    threads = [
        (_moment(posts[slug], remark, at), slug, remark)
        for slug, remark in texts.conversations()
        if slug not in before
    ]
    # The newest comment is the one with the highest id.
    threads.sort(key=lambda thread: thread[0])
    return sum(_say(remark, posts[slug], None, when, (cast, at)) for when, slug, remark in threads)


def _moment(post: Post, remark: Remark, at: datetime) -> datetime:
    """Some time in the ten days after the post was published."""
    chance = Random(remark.text)  # noqa: S311 - a time of day, not a secret
    since = post.published_at or at
    span = max(int((at - since).total_seconds()), 60)
    return since + timedelta(seconds=chance.randrange(min(span, 10 * 86_400)))


def _say(
    remark: Remark,
    post: Post,
    parent: Comment | None,
    when: datetime,
    stage: tuple[dict[str, User], datetime],
) -> int:
    cast, at = stage
    person = cast.get(remark.name)
    comment = Comment(
        post_id=post.id,
        parent_id=parent.id if parent else None,
        thread_id=parent.thread_id if parent else None,
        status=remark.status,
        user_id=person.id if person else None,
        from_staff=bool(person and person.may_publish),
        name="" if person else remark.name,
        email="" if person else f"{slugify(remark.name, style='pinyin')}@example.com",
        body=remark.text,
        html=str(plain_comment(remark.text)),
        created_at=min(when, at),
        trashed_at=at if remark.status == "spam" else None,
        reply_mailed=True,
    )
    db.session.add(comment)
    db.session.flush()  # A thread is named for the comment that began it.
    comment.thread_id = comment.thread_id or comment.id
    post.comment_count += remark.status == "approved"
    later = when + timedelta(hours=3)
    return 1 + sum(_say(reply, post, comment, later, stage) for reply in remark.replies)


def _links() -> int:
    known = set(db.session.scalars(select(Link.url)))
    missing = {name: url for name, url in LINKS.items() if url not in known}
    db.session.add_all(Link(name=name, url=url) for name, url in missing.items())
    return len(missing)
