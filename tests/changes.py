"""Everything that happens to a blog, by whether readers see it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.jobs import due
from bluelog.models import (
    Category,
    Comment,
    Link,
    MenuItem,
    Post,
    PostAuthor,
    PostTag,
    RelationDue,
    Role,
    Series,
    Site,
    Tag,
    User,
)
from bluelog.operations.demo.bulk import Wanted, forge_bulk
from bluelog.queries import frame
from bluelog.services import (
    accounts,
    categories,
    changes,
    comments,
    limits,
    links,
    menus,
    overdue,
    people,
    pins,
    posts,
    relating,
    series,
    sessions,
    tags,
    uploads,
)
from bluelog.services.comments import Guest
from tests.conftest import NOW, PASSWORD
from tests.doing import (
    Act,
    Doing,
    arranged,
    assign,
    committed,
    emptied,
    executed,
    introduced,
    message,
    new,
    with_savepoint,
)
from tests.pictures import keep, photograph


def _refused(verb: Callable[[], object]) -> None:
    with suppress(RuleBroken):
        verb()
        raise AssertionError("it was done")


def _tagged_alike(do: Doing) -> None:
    """Give the same tag to two posts that lie apart, so that nothing links them as yet."""
    for days, name in enumerate(("alices_published", "carols_published", "bobs_published")):
        committed(published_at=NOW - timedelta(days=9 - days))(getattr(do, name))
    for name in ("alices_published", "bobs_published"):
        do.change(name, tags=("Lamps",), series="")


def _related() -> None:
    while relating.relate_next(NOW):
        pass


SEEN: dict[str, Act] = {
    "a post is published": lambda do: do.change("alices_draft", posts.publish),
    "a new post is published": lambda do: posts.create_published(new(), by=do.alice, at=NOW),
    "the text is saved": lambda do: do.change("alices_published", source="<p>Other words</p>"),
    "the excerpt is saved": lambda do: do.change("alices_published", excerpt="Other words"),
    "a title is saved": lambda do: do.change("alices_published", title="Another title"),
    "the language is saved": lambda do: do.change("alices_published", language="fr"),
    "an address changes": lambda do: do.change("alices_published", slug="moved"),
    "a post is filed elsewhere": lambda do: do.change(
        "alices_published", category_id=do.id("travel")
    ),
    "a cover is set": lambda do: do.change("alices_published", cover_id=do.id("picture")),
    "another author joins": lambda do: do.change("alices_published", authors="alice, bob"),
    "an author makes room": lambda do: do.change("alices_published", authors="bob"),
    "a post is pinned": lambda do: pins.pin(do.id("bobs_published"), by=do.eve, at=NOW),
    "a post is pinned, directly": lambda do: committed(pinned_at=NOW)(do.alices_published),
    "a post joins a series": lambda do: do.change("bobs_published", series="Voyages"),
    "a post begins a series": lambda do: do.change("bobs_published", series="Letters"),
    "a post leaves a series": lambda do: do.change("alices_published", series=""),
    "a part takes another place": lambda do: do.change(
        "alices_published", series="Voyages", part=9
    ),
    "a part is renamed": lambda do: do.change("carols_published", title="Onward"),
    "a part is trashed": lambda do: posts.trash(do.id("carols_published"), by=do.eve, at=NOW),
    "a part is published": lambda do: do.change("alices_draft", posts.publish),
    "a series is renamed": lambda do: arranged(do, name="Journeys"),
    "a series moves": lambda do: arranged(do, slug="journeys"),
    "a series is described": lambda do: arranged(do, description="From port to port"),
    "a series is arranged": lambda do: arranged(
        do, order=[do.id("carols_published"), do.id("alices_published")]
    ),
    "a series is deleted": lambda do: series.delete(do.id("voyages"), by=do.eve, at=NOW),
    "series, by a statement": lambda do: executed(
        db.update(Series).where(Series.id == do.id("voyages")).values(name="Alike")
    ),
    "a page is saved": lambda do: do.change("about", source="<p>Other words</p>"),
    "a page is renamed": lambda do: do.change("about", title="Who we are"),
    "a page is published": lambda do: do.change("imprint", posts.publish),
    "a page is made": lambda do: posts.create_published(
        new("Terms"), by=do.ada, at=NOW, kind="page"
    ),
    "a page under another is renamed": lambda do: do.change("history", title="Our history"),
    "a page under another moves": lambda do: do.change("history", slug="chronicle"),
    "a page leaves what it is under": lambda do: do.change("history", parent=0),
    "a page takes another place": lambda do: (
        do.change("plans", posts.publish),
        do.change("history", position=9),
    ),
    "a page under another is published": lambda do: do.change("plans", posts.publish),
    "a page under another is hidden": lambda do: do.change("history", posts.make_private),
    "a page comes under another": lambda do: do.change("history", parent=do.id("imprint")),
    "a page moves with what is under it": lambda do: do.change("about", slug="us"),
    "a page is purged from above another": lambda do: (
        posts.trash(do.id("about"), by=do.eve, at=NOW),
        overdue.purge(NOW + timedelta(days=31)),
    ),
    "a page comes into the menu": lambda do: do.change("history", in_menu=True),
    "a page leaves the menu": lambda do: do.change("about", in_menu=False),
    "a page in the menu is published": lambda do: do.change("imprint", posts.publish),
    "an entry is called otherwise": lambda do: menus.change(
        do.id("page_entry"), label="Us", url="", by=do.eve, at=NOW
    ),
    "an entry moves": lambda do: menus.move(do.id("search_entry"), -9, by=do.eve, at=NOW),
    "an entry is taken out": lambda do: menus.remove(do.id("search_entry"), by=do.eve, at=NOW),
    "an entry is added": lambda do: menus.add("main", "archive", by=do.eve, at=NOW),
    "an entry at the foot leads elsewhere": lambda do: menus.change(
        do.id("url_entry"), label="A friend", url="/archive", by=do.eve, at=NOW
    ),
    "an entry, by a statement": lambda do: executed(
        db.update(MenuItem).where(MenuItem.id == do.id("search_entry")).values(label="Find")
    ),
    "a post is trashed": lambda do: posts.trash(do.id("bobs_published"), by=do.eve, at=NOW),
    "a page is trashed": lambda do: posts.trash(do.id("about"), by=do.eve, at=NOW),
    "a post is hidden": lambda do: do.change("bobs_published", posts.make_private),
    "a post is binned from its editor": lambda do: do.change("bobs_published", posts.discard),
    "a post is a draft again": lambda do: do.change("bobs_published", posts.withdraw),
    "comments are closed": lambda do: posts.set_comments_open(
        do.id("bobs_published"), open_=False, by=do.eve, at=NOW
    ),
    "a category is renamed": lambda do: categories.change(
        do.id("general"), "Everything", slug="", by=do.eve, at=NOW
    ),
    "a category moves": lambda do: categories.change(
        do.id("general"), "General", slug="all", by=do.eve, at=NOW
    ),
    "a category is deleted": lambda do: categories.delete(do.id("travel"), by=do.eve, at=NOW),
    "a post gets tags": lambda do: do.change("alices_published", tags=("Lamps", "Brass")),
    "the order of tags": lambda do: (
        do.change("alices_published", tags=("Lamps", "Brass")),
        do.change("alices_published", tags=("Brass", "Lamps")),
    ),
    "a post loses its tags": lambda do: do.change("alices_published", tags=()),
    "a tag is renamed": lambda do: tags.change(
        do.id("lamps"), "Lights", slug="lamps", by=do.eve, at=NOW
    ),
    "a tag moves": lambda do: tags.change(
        do.id("lamps"), "Lamps", slug="lights", by=do.eve, at=NOW
    ),
    "tags are merged": lambda do: tags.merge(do.id("lamps"), "quiet", by=do.eve, at=NOW),
    "a tag is deleted": lambda do: tags.delete(do.id("lamps"), by=do.eve, at=NOW),
    "a tag, directly": lambda do: committed(name="Direct")(do.lamps),
    "a tag's count, directly": lambda do: committed(post_count=88)(do.lamps),
    "a tag of a post, directly": lambda do: (
        db.session.add(
            PostTag(post_id=do.id("bobs_published"), tag_id=do.id("quiet"), public_at=NOW)
        ),
        db.session.commit(),
    ),
    "tags, by a statement": lambda _do: executed(db.update(Tag).values(post_count=66)),
    "tags of posts, by a statement": lambda _do: executed(db.delete(PostTag)),
    "a link is made": lambda do: links.create("New", "https://new.example.org/", by=do.eve, at=NOW),
    "a link is changed": lambda do: links.change(
        do.id("link"), "Former friend", "https://x.example.org/", by=do.eve, at=NOW
    ),
    "a link is deleted": lambda do: links.delete(do.id("link"), by=do.eve, at=NOW),
    "the title of the blog": lambda do: do.prefer(title="The Torch"),
    "the description": lambda do: do.prefer(description="Other words"),
    "the language of the blog": lambda do: do.prefer(language="zh-Hans"),
    "the time zone": lambda do: do.prefer(time_zone="Pacific/Kiritimati"),
    "the font": lambda do: do.prefer(text_font="sans"),
    "registration": lambda do: do.prefer(registration_open=True),
    "the sidebar": lambda do: do.prefer(sidebar=True),
    "how long comments are open": lambda do: do.prefer(comment_days=1),
    "custom style": lambda do: do.prefer(custom_css="b { color: red }"),
    "custom script": lambda do: do.prefer(custom_js="1"),
    "the footer": lambda do: do.prefer(footer="<p>Below</p>"),
    "an author's name": introduced("alice", name="Alice A."),
    "an author's words": introduced("alice", bio="Writes."),
    "an author's website": introduced("alice", website="https://alice.example.org/"),
    "a commenter's name": introduced("rita", name="Rita R."),
    "a commenter's website": introduced("rita", website="https://rita.example.org/"),
    "a reader becomes an author": lambda do: people.change_role(
        do.id("rita"), Role.AUTHOR, by=do.ada, at=NOW
    ),
    "a writer says something": lambda do: do.say(do.alice),
    "a comment is approved": lambda do: do.moderate(comments.approve, "pending_on_bobs"),
    "all comments are approved": lambda do: comments.approve_all(by=do.eve, at=NOW),
    "a comment is held": lambda do: do.moderate(comments.hold, "approved_on_bobs"),
    "a comment is spam": lambda do: do.moderate(comments.mark_spam, "approved_on_bobs"),
    "a comment is trashed": lambda do: do.moderate(comments.trash, "approved_on_bobs"),
    "an answered comment is trashed": lambda do: do.moderate(comments.trash, "ritas_comment"),
    "a trashed comment is approved": lambda do: do.moderate(comments.approve, "trashed_on_bobs"),
    "a comment is withdrawn": lambda do: comments.withdraw(
        do.id("ritas_comment"), by=do.rita, at=NOW
    ),
    "an act is undone": lambda do: changes.reverse(do.id("eves_act"), by=do.eve, at=NOW),
    "a blog is invented": lambda _do: forge_bulk(Wanted(2, 4, 9, 3), NOW, lambda _step: None),
    "a title, directly": lambda do: committed(title="Direct")(do.alices_published),
    "the text, directly": lambda do: committed(html="<p>Direct</p>")(do.bobs_published),
    "the date, directly": lambda do: committed(published_at=NOW - timedelta(days=9))(
        do.bobs_published
    ),
    "a username, directly": lambda do: committed(username="alicia", username_key="alicia")(
        do.alice
    ),
    "a comment, directly": lambda do: committed(html="<p>Direct</p>")(do.approved_on_bobs),
    "a comment's date, directly": lambda do: committed(created_at=NOW - timedelta(days=9))(
        do.approved_on_bobs
    ),
    "a kept count, directly": lambda do: committed(comment_count=99)(do.bobs_published),
    "the site, directly": lambda do: committed(title="Direct")(do.settings),
    "a category, directly": lambda do: committed(name="Direct")(do.general),
    "a second author, directly": lambda do: (
        db.session.add(
            PostAuthor(post_id=do.id("bobs_published"), user_id=do.id("alice"), public_at=NOW)
        ),
        db.session.commit(),
    ),
    "a post is gone, directly": lambda do: (
        db.session.delete(do.alices_published),
        db.session.commit(),
    ),
    "posts, by a statement": lambda _do: executed(db.update(Post).values(title="All alike")),
    "a post, by a statement": lambda do: executed(
        db.update(Post).where(Post.id == do.id("bobs_published")).values(html="<p>Alike</p>")
    ),
    "comments, by a statement": lambda do: executed(
        db.delete(Comment).where(Comment.id == do.id("reply"))
    ),
    "people, by a statement": lambda _do: executed(db.update(User).values(name="Everyone")),
    "links, by a statement": lambda _do: executed(db.delete(Link)),
    "the site, by a statement": lambda _do: executed(db.update(Site).values(title="Alike")),
    "categories, by a statement": lambda _do: executed(db.update(Category).values(post_count=77)),
    "what was before a savepoint": lambda do: with_savepoint(do.alices_published),
}
UNSEEN: dict[str, Act] = {
    "a page that is a draft moves": lambda do: do.change("plans", parent=0, slug="dreams"),
    "nothing": lambda _do: None,
    "a draft is made": lambda do: posts.create(new(), by=do.alice, at=NOW),
    "a post is handed in": lambda do: posts.create_submitted(new(), by=do.carol, at=NOW),
    "a draft is saved": lambda do: do.change("alices_draft", source="<p>Other words</p>"),
    "a post under review is saved": lambda do: do.change("bobs_pending", title="Other"),
    "another author joins a draft": lambda do: do.change("alices_draft", authors="alice, bob"),
    "a draft gets tags": lambda do: do.change("bobs_draft", tags=("Lamps", "Brass")),
    "a draft loses its tags": lambda do: do.change("alices_draft", tags=()),
    "a pin that is refused": lambda do: _refused(
        lambda: pins.pin(do.id("alices_draft"), by=do.eve, at=NOW)
    ),
    "nothing is found to be related": lambda do: (
        executed(db.delete(RelationDue)),
        db.session.add(RelationDue(post_id=do.id("bobs_draft"), since=NOW)),
        db.session.commit(),
        _related(),
    ),
    "a draft joins a series": lambda do: do.change("bobs_draft", series="Voyages"),
    "a draft leaves a series": lambda do: do.change("alices_draft", series=""),
    "a draft is trashed": lambda do: posts.trash(do.id("alices_draft"), by=do.eve, at=NOW),
    "a guest says something": lambda do: do.say(Guest("Gus", "gus@example.org")),
    "a reader says something": lambda do: do.say(do.rita),
    "someone signs in": lambda _do: accounts.sign_in(
        "alice", PASSWORD, address="203.0.113.5", remember=True, at=NOW
    ),
    "someone is seen": lambda do: sessions.touch(
        sessions.open_session(do.rita, remember=False, at=NOW - timedelta(hours=1)), NOW
    ),
    "someone tries": lambda _do: limits.spend(limits.SIGN_IN_ADDRESS, "203.0.113.5", at=NOW),
    "a message waits": lambda _do: (
        db.session.add(message()),
        db.session.commit(),
    ),
    "the worker lives": lambda _do: due.show_life(NOW),
    "the worker finds nothing": lambda _do: due.clear_out(NOW),
    "a picture is kept": lambda do: keep(photograph(300, 200), do.alice),
    "a picture gets its variants": lambda do: uploads.make_variants(
        keep(photograph(900, 600), do.alice).id, NOW
    ),
    "someone may write in another language": introduced("alice", locale="zh-Hans"),
    "a reader is answered by mail": lambda do: committed(reply_mailed=True)(do.approved_on_bobs),
    "nothing is saved anew": lambda do: (
        assign(do.alices_published, title="Alices published"),
        db.session.commit(),
    ),
    "what is rolled back": lambda do: (
        assign(do.alices_published, title="Never"),
        db.session.flush(),
        db.session.rollback(),
    ),
}


AGAIN: dict[str, tuple[Act, Act]] = {
    "a post is restored": (
        SEEN["a post is trashed"],
        lambda do: posts.restore(do.id("bobs_published"), by=do.eve, at=NOW),
    ),
    "a trashed post is put back": (
        SEEN["a post is trashed"],
        lambda do: changes.reverse(
            getattr(frame.last_reversible_act(do.eve), "id", 0), by=do.eve, at=NOW
        ),
    ),
    "the names of the authors change places": (
        SEEN["another author joins"],
        lambda do: do.change("alices_published", authors="bob, alice"),
    ),
    "an author leaves": (
        SEEN["another author joins"],
        lambda do: do.change("alices_published", authors="alice"),
    ),
    "a post is unpinned": (
        SEEN["a post is pinned"],
        lambda do: pins.unpin(do.id("bobs_published"), by=do.eve, at=NOW),
    ),
    "a pinned post is trashed": (SEEN["a post is pinned"], SEEN["a post is trashed"]),
    "a pinned post is hidden": (SEEN["a post is pinned"], SEEN["a post is hidden"]),
    "posts turn out to be related": (_tagged_alike, lambda _do: _related()),
    "a relative is trashed": (
        lambda do: (_tagged_alike(do), _related()),
        SEEN["a post is trashed"],
    ),
    "a relative is renamed": (
        lambda do: (_tagged_alike(do), _related()),
        lambda do: do.change("bobs_published", title="Another title"),
    ),
    "a relative moves": (
        lambda do: (_tagged_alike(do), _related()),
        lambda do: do.change("bobs_published", slug="moved"),
    ),
    "relatives have nothing in common any more": (
        lambda do: (
            _tagged_alike(do),
            _related(),
            do.change("bobs_published", tags=(), source="<p>Xylophone</p>"),
        ),
        lambda _do: _related(),
    ),
    "a tag in a menu loses its last post": (
        lambda do: menus.add("footer", f"tag:{do.id('lamps')}", by=do.eve, at=NOW),
        lambda do: do.change("alices_published", tags=()),
    ),
    "a tag in a menu gets its first post": (
        lambda do: menus.add("footer", f"tag:{do.id('quiet')}", by=do.eve, at=NOW),
        lambda do: do.change("alices_published", tags=("Lamps", "Quiet")),
    ),
    "another post is pinned": (
        SEEN["a post is pinned"],
        lambda do: pins.pin(do.id("carols_published"), by=do.eve, at=NOW + timedelta(seconds=1)),
    ),
    "a hidden post is published": (
        SEEN["a post is hidden"],
        lambda do: do.change("bobs_published", posts.publish),
    ),
    "comments are opened": (
        SEEN["comments are closed"],
        lambda do: posts.set_comments_open(do.id("bobs_published"), open_=True, by=do.eve, at=NOW),
    ),
    "the last author but one is shut out": (
        lambda _do: executed(db.update(User).where(User.username != "ada").values(role="reader")),
        lambda do: people.change_role(do.id("rita"), Role.CONTRIBUTOR, by=do.ada, at=NOW),
    ),
    "a reader with a page is shut out": (
        lambda do: people.change_role(do.id("rita"), Role.AUTHOR, by=do.ada, at=NOW),
        lambda do: people.disable(do.id("rita"), by=do.ada, at=NOW),
    ),
    "an author is let in again": (
        lambda do: (
            people.change_role(do.id("rita"), Role.AUTHOR, by=do.ada, at=NOW),
            people.disable(do.id("rita"), by=do.ada, at=NOW),
        ),
        lambda do: people.enable(do.id("rita"), by=do.ada, at=NOW),
    ),
    "an answered comment is emptied": (
        lambda do: (
            do.moderate(comments.trash, "ritas_comment"),
            committed(trashed_at=NOW - timedelta(days=31))(do.ritas_comment),
        ),
        emptied,
    ),
    "a filed post's category is deleted": (
        SEEN["a post is filed elsewhere"],
        SEEN["a category is deleted"],
    ),
    "a category is made and filled": (
        lambda _do: None,
        lambda do: do.change(
            "alices_published",
            category_id=categories.create("Food", by=do.eve, at=NOW).id,
        ),
    ),
}
