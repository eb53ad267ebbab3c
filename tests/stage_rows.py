"""The rows of the filled blog: something of every kind, of each state, of several people."""

import hashlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from bluelog import mail
from bluelog.extensions import db
from bluelog.models import (
    AccountStatus,
    Category,
    Link,
    MenuItem,
    MissingAddress,
    Post,
    Redirect,
    Role,
    Series,
    Site,
    Tag,
    TokenPurpose,
    User,
)
from bluelog.queries import frame
from bluelog.services import comments, library, menus, posts, preview_links, tokens, working_copies
from bluelog.services.content import Content
from bluelog.services.working_copies import Typed
from bluelog.uow import unit_of_work
from tests.conftest import CAST, NOW, person
from tests.making import make_comment, make_post, tag
from tests.pictures import keep, photograph

# Stands in every text that not everyone may read.
SECRET = "Quillfeather"
CUSTOM_CSS = "b { color: teal }"


def fill() -> tuple[dict[str, Any], dict[str, str]]:
    """Make the rows, in the app context that is open; rows by name, and addresses by name."""
    sited()
    people = _people()
    rows: dict[str, Any] = vars(people) | _lists()
    written = dict(_posts(people))
    rows |= _menus(written, people.eve)
    rows |= written | _tags(**written) | _series(**written)
    rows |= dict(_comments(people, SimpleNamespace(**written)))
    rows |= dict(_acts(people, SimpleNamespace(**rows)))
    addresses = {f"{name}_slug": post.slug for name, post in written.items()}
    addresses |= {"travel_slug": rows["travel"].slug, "picture_name": rows["picture"].filename}
    addresses["custom_css_digest"] = hashlib.sha256(CUSTOM_CSS.encode()).hexdigest()[:10]
    addresses |= {f"{name}_slug": rows[name].slug for name in ("lamps", "quiet")}
    addresses |= _links(people)
    rows["preview_link"] = preview_links.make(
        rows["alices_draft"].id, days=7, submission_id="staged", by=people.alice, at=NOW
    )
    shown = mail.preview_address(rows["preview_link"])
    addresses["preview_address"] = shown.rpartition("/")[2]
    return rows, addresses


def sited() -> None:
    """Make what every set-up blog has: its settings and its default category."""
    site = Site(title="The Lantern", description="Notes", created_at=NOW, custom_css=CUSTOM_CSS)
    general = Category(name="General", name_key="general", slug="general", is_default=True)
    db.session.add_all([site, general])
    db.session.commit()


def _people() -> SimpleNamespace:
    made = {name: person(name, role) for name, role in CAST.items()}
    made["ivan"] = User(role=Role.AUTHOR, status=AccountStatus.INVITED, created_at=NOW)
    made["una"] = person("una", Role.READER)
    made["una"].status = AccountStatus.UNCONFIRMED
    db.session.add_all(made.values())
    db.session.commit()
    return SimpleNamespace(**made)


def _lists() -> dict[str, Any]:
    travel = Category(name="Travel", name_key="travel", slug="travel", is_default=False)
    link = Link(name="A friend", url="https://friend.example.org/")
    moved = Redirect(path="/post/old-name", target="/post/alices-published", created_at=NOW)
    missed = MissingAddress(path="/old-tale", count=3, last_at=NOW)
    ignored = MissingAddress(path="/noise", count=9, last_at=NOW, is_ignored=True)
    db.session.add_all([travel, link, moved, missed, ignored])
    db.session.commit()
    named = {"general": frame.default_category(), "settings": frame.site()}
    named |= {"missed": missed, "ignored": ignored}
    return named | {"travel": travel, "link": link, "moved": moved}


def _posts(people: SimpleNamespace) -> Iterator[tuple[str, Post]]:
    for name in ("alice", "bob", "carol"):
        for status in ("draft", "pending", "published"):
            hidden = {} if status == "published" else {"source": f"<p>{SECRET}</p>"}
            title = f"{name.title()}s {status}"
            yield (
                f"{name}s_{status}",
                make_post(getattr(people, name), title, status=status, **hidden),
            )
    told = posts.create(Content("Alices told", f"<p>{SECRET}</p>", "en"), by=people.alice, at=NOW)
    posts.save(
        told.id, Content("Retitled", f"<p>{SECRET}</p>", "en"), version=1, by=people.alice, at=NOW
    )
    yield "alices_told", told
    yield "imprint", make_post(people.ada, "Imprint", kind="page", status="draft", plain=SECRET)
    about = make_post(people.ada, "About", kind="page")
    yield "about", about
    under = {"kind": "page", "parent_id": about.id, "parent_slug": about.slug}
    yield "history", make_post(people.ada, "History", position=1, **under)
    yield "plans", make_post(people.ada, "Plans", status="draft", plain=SECRET, **under)
    for name in ("alice", "carol"):
        binned = make_post(getattr(people, name), f"{name.title()}s trashed", status="draft")
        binned.title += f" {SECRET}"
        db.session.commit()
        posts.trash(binned.id, by=getattr(people, name), at=NOW)
        yield f"{name}s_trashed", binned


def _menus(written: dict[str, Post], eve: User) -> dict[str, Any]:
    """The main menu as it begins, with two pages in it, and one entry at the foot."""
    for name in ("about", "imprint"):
        with unit_of_work():
            menus.show_page(db.session.get_one(Post, written[name].id), is_in=True)
    found = db.session.scalars(db.select(MenuItem).order_by(MenuItem.position))
    entries = {
        f"{item.kind}_entry": item for item in found if item.post_id != written["imprint"].id
    }
    entries["url_entry"] = menus.add(
        "footer", "url", url="https://friend.example.org/", label="A friend", by=eve, at=NOW
    )
    return entries


def _tags(alices_published: Post, bobs_published: Post, alices_draft: Post, **_: Post) -> Any:
    """Two tags, one of them on what is public."""
    tag(alices_published, "Lamps")
    tag(bobs_published, "Lamps")
    tag(alices_draft, "Quiet", "Lamps")
    moved = Redirect(path="/tag/lanterns", target="/tag/lamps", created_at=NOW)
    db.session.add(moved)
    db.session.commit()
    return {row.slug: row for row in db.session.scalars(db.select(Tag))}


def _series(alices_published: Post, carols_published: Post, alices_draft: Post, **_: Post) -> Any:
    """A series with two parts that are public and one that is not, and one without any."""
    voyages = Series(name="Voyages", name_key="voyages", slug="voyages")
    unheard = Series(name="Unheard", name_key="unheard", slug="unheard")
    moved = Redirect(path="/series/journeys", target="/series/voyages", created_at=NOW)
    db.session.add_all([voyages, unheard, moved])
    db.session.flush()
    for number, post in enumerate((alices_published, alices_draft, carols_published), 1):
        post.series_id, post.part = voyages.id, number
    db.session.commit()
    return {"voyages": voyages, "unheard": unheard}


def _comments(people: SimpleNamespace, on: SimpleNamespace) -> Iterator[tuple[str, Any]]:
    for name, post in (("alices", on.alices_published), ("bobs", on.bobs_published)):
        for status in ("approved", "pending", "spam", "trashed"):
            hidden = "" if status == "approved" else SECRET
            body = f"Said {status} to {name} {hidden}"
            yield f"{status}_on_{name}", make_comment(post, body, status=status)
    approved = make_comment(on.bobs_published, "Said by Rita", user_id=people.rita.id)
    yield "ritas_comment", approved
    yield "reply", make_comment(on.bobs_published, "Said back", parent_id=approved.id)


def _acts(people: SimpleNamespace, on: SimpleNamespace) -> Iterator[tuple[str, Any]]:
    """Two acts that can be undone, what one was done to, and a picture."""
    yield "alices_act", frame.last_reversible_act(people.alice)
    undone = make_comment(on.bobs_published, "Taken for spam by Eve")
    comments.mark_spam([undone.id], by=people.eve, at=NOW)
    yield "eves_victim", undone
    yield "eves_act", frame.last_reversible_act(people.eve)
    yield "picture", keep(photograph(200, 100), people.alice)
    yield "bobs_picture", keep(photograph(200, 101), people.bob)
    yield (
        "binned_picture",
        library.trash(keep(photograph(200, 102), people.alice).id, by=people.alice, at=NOW),
    )
    typed = Typed("s" * 20, {"source": [SECRET]}, Content("Not saved", SECRET, "en"))
    yield "alices_copy", working_copies.keep(typed, by=people.alice, at=NOW)


def _links(people: SimpleNamespace) -> dict[str, str]:
    """The signed parts of the links that people were sent."""
    owners = {
        TokenPurpose.INVITATION: people.ivan,
        TokenPurpose.RESET: people.rita,
        TokenPurpose.CONFIRMATION: people.una,
        TokenPurpose.EMAIL_CHANGE: people.bob,
    }
    made = {}
    for purpose, owner in owners.items():
        with unit_of_work():
            token = tokens.issue(owner, purpose, at=NOW, email="new@example.org")
        made[f"{purpose.name.lower()}_link"] = mail.link_for(token).rpartition("/")[2]
    made["unsubscribe_link"] = mail.unsubscribe_link("guest@example.org").rpartition("/")[2]
    return made
