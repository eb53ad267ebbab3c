"""Categories: those of a name that is here already are the same category."""

from sqlalchemy import func, select, update

from bluelog.extensions import db
from bluelog.i18n import gettext as _
from bluelog.models import Category, Post, PostKind, PostStatus
from bluelog.operations.importing import addresses, ledger, source
from bluelog.operations.importing.report import Kind, Outcome
from bluelog.operations.importing.run import Run
from bluelog.operations.importing.slugs import Slugs, Style
from bluelog.services.categories import key_of

DEFAULT_THERE = 1
_LONGEST_NAME = 60


def bring(run: Run, style: Style) -> None:
    """Bring in the categories, and redirect their old addresses."""
    rows = db.session.scalars(select(Category)).all()
    by_key = {category.name_key: category for category in rows}
    slugs = Slugs((category.slug for category in rows), style)
    targets = {}
    with run.progress("Categories", run.source.count("category")) as advance:
        for old in run.source.categories():
            advance(1)
            if run.ledger.knows(ledger.CATEGORY, old.id):
                run.report.count(Kind.CATEGORY, Outcome.EXISTING)
                continue
            category = _attached(run, old, by_key) or _added(run, old, by_key, slugs)
            run.ledger.remember(ledger.CATEGORY, [(old.id, category.id)])
            targets[f"/category/{old.id}"] = f"/category/{category.slug}"
    addresses.keep(targets, report=run.report, at=run.at)


def settle_default(run: Run, *, fresh: bool) -> int:
    """Let a fresh blog have the default category it had there; answer with the one there is."""
    there = run.ledger.find(ledger.CATEGORY, DEFAULT_THERE)
    here = db.session.scalar(select(Category.id).where(Category.is_default))
    chosen = (there if fresh else None) or here or there or _any_or_new()
    db.session.execute(update(Category).values(is_default=Category.id == chosen))
    return chosen


def count_posts() -> None:
    """Set the kept count of every category anew."""
    published = (
        select(func.count())
        .select_from(Post)
        .where(
            Post.category_id == Category.id,
            Post.kind == PostKind.POST,
            Post.status == PostStatus.PUBLISHED,
        )
    )
    db.session.execute(
        update(Category).values(post_count=published.scalar_subquery()),
        execution_options={"synchronize_session": False},
    )


def _attached(run: Run, old: source.Category, by_key: dict[str, Category]) -> Category | None:
    category = by_key.get(key_of(_name(old)))
    if category is not None:
        run.report.count(Kind.CATEGORY, Outcome.ATTACHED)
        if category.name != old.name:
            run.report.odd(
                "Categories joined with one whose name differs in case or form",
                f"category {old.id} “{old.name}” with “{category.name}”",
            )
    return category


def _added(run: Run, old: source.Category, by_key: dict[str, Category], slugs: Slugs) -> Category:
    name = _name(old)
    key = key_of(name)
    category = Category(name=name, name_key=key, slug=slugs.give(name), is_default=False)
    category.post_count = 0
    db.session.add(category)
    db.session.flush()  # Posts, the ledger and the redirect need its id.
    by_key[key] = category
    run.report.count(Kind.CATEGORY, Outcome.ADDED)
    return category


def _name(old: source.Category) -> str:
    return old.name[:_LONGEST_NAME].strip() or _("Untitled")


def _any_or_new() -> int:
    first = db.session.scalar(select(Category.id).order_by(Category.id).limit(1))
    if first is not None:
        return first
    category = Category(name=_("General"), slug="general", post_count=0, is_default=True)
    category.name_key = key_of(category.name)
    db.session.add(category)
    db.session.flush()  # Its id is the answer.
    return category.id
