"""The settings of the other blog and its About page, for a fresh blog alone."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, not_, select

from bluelog.extensions import db
from bluelog.i18n import LANGUAGES
from bluelog.i18n import gettext as _
from bluelog.models import Post, PostAuthor, PostKind, PostStatus, Site
from bluelog.operations.importing import ledger
from bluelog.operations.importing.drafts import ABOUT, Drafts
from bluelog.operations.importing.ledger import Ledger
from bluelog.operations.importing.posts import columns
from bluelog.operations.importing.report import Kind, Outcome, Report
from bluelog.operations.importing.run import Run
from bluelog.operations.importing.source import Source
from bluelog.queries.frame import site
from bluelog.services import menus, upserts
from bluelog.services.locks import lock_site
from bluelog.text.sanitise import clean_footer

_LONGEST_TITLE, _LONGEST_DESCRIPTION = 100, 200
_IS_ABOUT = and_(Post.kind == PostKind.PAGE, Post.slug == ABOUT)


def is_fresh() -> bool:
    """Whether nothing was written here yet, the About page aside."""
    other = select(Post.id).where(not_(_IS_ABOUT)).limit(1)
    return site() is None or db.session.scalar(other) is None


def takes_settings(source: Source, known: Ledger) -> bool:
    """Whether an import would take the settings over: into a fresh blog, and once."""
    return is_fresh() and not known.knows(ledger.SETTINGS, source.admin.id)


def custom_code(source: Source) -> dict[str, str]:
    """What an administrator added to every page there, by its kind."""
    admin = source.admin
    codes = {
        "CSS": admin.custom_css,
        "JavaScript": admin.custom_js,
        "footer": admin.custom_footer,
    }
    return {kind: code for kind, code in codes.items() if code.strip()}


def ensure_site(drafts: Drafts, language: str, *, report: Report, at: datetime) -> bool:
    """Make the row of settings if there is none, in the language of most posts; whether it was.

    Of two who do it at once the second waits, and finds the row of the first.
    """
    if site() is not None:
        return False
    most = next((name for name, _times in drafts.languages.most_common(1)), language)
    chosen = most if most in LANGUAGES else language
    row = upserts.insert(Site).values(id=1, title="Bluelog", language=chosen, created_at=at)
    db.session.execute(row.on_conflict_do_nothing())
    lock_site()
    report.note(f"The blog was set up: language {chosen}, time zone UTC.")
    return True


def take(run: Run, drafts: Drafts, here: Site, *, author_id: int, with_code: bool) -> None:
    """Take title, subtitle, About page and custom code over."""
    admin = run.source.admin
    here.title = admin.blog_title[:_LONGEST_TITLE].strip() or here.title
    here.description = admin.blog_sub_title[:_LONGEST_DESCRIPTION].strip() or here.description
    if with_code:
        _take_code(run, here)
    here.version += 1
    if admin.about.strip():
        _take_about(run, columns(drafts.take(ABOUT)), author_id)
    run.ledger.remember(ledger.SETTINGS, [(admin.id, here.id)])
    run.report.count(Kind.SETTINGS, Outcome.ADDED)


def leave(run: Run) -> None:
    """Say why the settings stay where they are."""
    if run.ledger.knows(ledger.SETTINGS, run.source.admin.id):
        run.report.count(Kind.SETTINGS, Outcome.EXISTING)
    else:
        run.report.skip(
            Kind.SETTINGS,
            "this blog has posts already, so it keeps its own",
            f"“{run.source.admin.blog_title}”",
        )


def _take_code(run: Run, here: Site) -> None:
    code = custom_code(run.source)
    here.custom_css = code.get("CSS", here.custom_css)
    here.custom_js = code.get("JavaScript", here.custom_js)
    if "footer" in code:
        here.footer = str(clean_footer(code["footer"]))
    for kind, text in code.items():
        run.report.note(f"Custom {kind} was taken over ({len(text)} characters): look it through.")


def _take_about(run: Run, text: dict[str, Any], author_id: int) -> None:
    page = db.session.scalar(select(Post).where(_IS_ABOUT))
    if page is not None:
        for name, value in text.items():
            setattr(page, name, value)
        page.excerpt, page.updated_at = "", run.at
        page.version += 1
        return
    page = Post(kind=PostKind.PAGE, slug=ABOUT, title=_("About"), comments_open=False, **text)
    page.status, page.comment_count = PostStatus.PUBLISHED, 0
    page.published_at = page.created_at = page.updated_at = run.at
    db.session.add(page)
    db.session.flush()  # The author's row and the menu's entry need the page's id.
    menus.show_page(page, is_in=True)
    author = PostAuthor(post_id=page.id, user_id=author_id, position=0, public_at=run.at)
    db.session.add(author)
