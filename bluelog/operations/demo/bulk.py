"""As much invented content as is asked for, to see how a full blog feels."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from faker import Faker
from sqlalchemy import func, select, update

from bluelog.extensions import db
from bluelog.models import Category, Comment, Post, PostAuthor, PostStatus, PostTag, Role, Tag, User
from bluelog.services.categories import key_of
from bluelog.text.comment import plain_comment
from bluelog.text.excerpt import excerpt
from bluelog.text.plain import count_words
from bluelog.text.slug import slugify
from bluelog.uow import unit_of_work

DAYS = 720
Progress = Callable[[int], object]


@dataclass(frozen=True)
class Wanted:
    """How many of each; `replies` answer comments that are there by then."""

    categories: int = 10
    posts: int = 50
    comments: int = 500
    replies: int = 50


def forge_bulk(wanted: Wanted, at: datetime, progress: Progress) -> None:
    """Invent that much in both languages; about a fifth of the comments wait for approval."""
    invent = _Inventor(at, progress)
    with unit_of_work():
        invent.categories(wanted.categories)
        invent.posts(wanted.posts)
        invent.comments(wanted.comments)
        invent.replies(wanted.replies)
        _count_anew()


class _Inventor:
    def __init__(self, at: datetime, progress: Progress) -> None:
        self.at, self.progress = at, progress
        self.chance = Random()  # noqa: S311 - invented text, not a secret
        self.fakers = {"en": Faker("en_US"), "zh-Hans": Faker("zh_CN")}
        writers = (Role.AUTHOR, Role.EDITOR, Role.ADMINISTRATOR)
        self.writers = db.session.scalars(select(User).where(User.role.in_(writers))).all()
        self.numbers = {
            model: (db.session.scalar(select(func.max(model.id))) or 0)
            for model in (Category, Post)
        }

    def categories(self, count: int) -> None:
        for number in range(self.numbers[Category] + 1, self.numbers[Category] + 1 + count):
            name = f"{self._faker()[1].word().title()} {number}"
            slug = slugify(name, style="pinyin")
            db.session.add(Category(name=name, name_key=key_of(name), slug=slug, post_count=0))
            self.progress(1)
        db.session.flush()  # Posts need their ids.

    def posts(self, count: int) -> None:
        categories = db.session.scalars(select(Category.id)).all()
        tags = db.session.scalars(select(Tag.id).limit(30)).all()
        for number in range(self.numbers[Post] + 1, self.numbers[Post] + 1 + count):
            post = self._post(number)
            post.category_id = self.chance.choice(categories)
            db.session.add(post)
            db.session.flush()  # The author's row needs its id.
            author = self.chance.choice(self.writers)
            db.session.add(
                PostAuthor(post_id=post.id, user_id=author.id, public_at=post.published_at)
            )
            for tag_id in self.chance.sample(tags, k=min(self.chance.randrange(4), len(tags))):
                db.session.add(PostTag(post_id=post.id, tag_id=tag_id, public_at=post.published_at))
            self.progress(1)

    def comments(self, count: int) -> None:
        posts = _public_posts()
        for _ in range(count if posts else 0):
            post_id, published = self.chance.choice(posts)
            comment = self._comment(post_id, self._moment_since(published))
            db.session.add(comment)
            db.session.flush()  # A thread is named for the comment that began it.
            comment.thread_id = comment.id
            self.progress(1)

    def replies(self, count: int) -> None:
        query = select(Comment).where(Comment.status == "approved").limit(5000)
        parents = db.session.scalars(query).all()
        for _ in range(count if parents else 0):
            parent = self.chance.choice(parents)
            reply = self._comment(parent.post_id, self._moment_since(parent.created_at))
            reply.parent_id, reply.thread_id = parent.id, parent.thread_id
            db.session.add(reply)
            self.progress(1)

    def _post(self, number: int) -> Post:
        language, fake = self._faker()
        paragraphs = [fake.text(400) for _ in range(self.chance.randrange(3, 12))]
        title = fake.sentence().rstrip(".。")
        written = self.at - timedelta(minutes=self.chance.randrange(DAYS * 1440))
        html = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        plain = "\n".join(paragraphs)
        return Post(
            title=title,
            slug=f"{slugify(title, style='pinyin')[:70].rstrip('-')}-{number}",
            language=language,
            source=html,
            html=html,
            plain=plain,
            summary=excerpt(plain),
            words=count_words(plain),
            status=PostStatus.PUBLISHED,
            published_at=written,
            created_at=written,
            updated_at=written,
            version=1,
        )

    def _comment(self, post_id: int, when: datetime) -> Comment:
        _language, fake = self._faker()
        body = fake.text(200)
        comment = Comment(post_id=post_id, body=body, html=str(plain_comment(body)))
        comment.created_at, comment.reply_mailed = when, True
        comment.status = "pending" if self.chance.random() < 0.2 else "approved"  # noqa: PLR2004
        if self.chance.random() < 0.2:  # noqa: PLR2004
            comment.user_id, comment.from_staff = self.chance.choice(self.writers).id, True
            comment.status = "approved"
        else:
            comment.name, comment.email = fake.name(), fake.safe_email()
        return comment

    def _faker(self) -> tuple[str, Faker]:
        return self.chance.choice(list(self.fakers.items()))

    def _moment_since(self, start: datetime) -> datetime:
        seconds = max(int((self.at - start).total_seconds()), 1)
        return start + timedelta(seconds=self.chance.randrange(seconds))


def _public_posts() -> Sequence[tuple[int, datetime]]:
    query = select(Post.id, Post.published_at).where(
        Post.status == PostStatus.PUBLISHED, Post.kind == "post"
    )
    return [(post_id, published) for post_id, published in db.session.execute(query) if published]


def _count_anew() -> None:
    """Bring the kept counts up to date in two statements, however much was added."""
    said = select(func.count()).where(Comment.post_id == Post.id, Comment.status == "approved")
    db.session.execute(update(Post).values(comment_count=said.scalar_subquery()))
    filed = select(func.count()).where(
        Post.category_id == Category.id, Post.status == PostStatus.PUBLISHED, Post.kind == "post"
    )
    db.session.execute(update(Category).values(post_count=filed.scalar_subquery()))
