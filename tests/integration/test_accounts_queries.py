"""People, by who asks; names and addresses."""

import pytest

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import AccountStatus, Post, PostAuthor, Role, User
from bluelog.queries import people
from bluelog.services.identities import check_username, give_email, give_username
from bluelog.uow import unit_of_work
from tests.conftest import NOW


def publish(user: User) -> None:
    post = Post(slug="x", title="X", language="en", created_at=NOW, updated_at=NOW)
    db.session.add(post)
    db.session.flush()
    db.session.add(PostAuthor(post_id=post.id, user_id=user.id, public_at=NOW))
    db.session.commit()


def test_administrators_manage_everyone_and_others_nobody(cast):
    assert len(db.session.scalars(people.people_managed_by(cast.ada)).all()) == 7
    assert people.person_managed_by(cast.ada, cast.rita.id) is cast.rita
    for user in (cast.eve, cast.alice, cast.rita, None):
        assert db.session.scalars(people.people_managed_by(user)).all() == []
    assert people.person_managed_by(cast.eve, cast.rita.id) is None


@pytest.mark.parametrize("username", ["alice", "ALICE", "ａｌｉｃｅ", "eve", "carol"])
def test_people_who_write_have_an_author_page(cast, username):
    assert people.author_by_username(username) is not None


@pytest.mark.parametrize(
    "username", ["rita", "mallory", "nobody", "", "a\0lice", "alice@example.com"]
)
def test_others_have_none(cast, username):
    assert people.author_by_username(username) is None


def test_who_once_wrote_what_is_public_keeps_the_author_page(cast):
    publish(cast.mallory)
    assert people.author_by_username("mallory") is cast.mallory


def leave_only_ada(cast):
    for user in db.session.scalars(db.select(User).where(User.id != cast.ada.id)):
        user.role = Role.READER
    db.session.commit()


def test_a_blog_of_one_has_one_writer(cast):
    assert people.several_write()
    leave_only_ada(cast)
    assert not people.several_write()
    publish(cast.ada)
    assert not people.several_write()


@pytest.mark.parametrize("former", ["mallory", "rita"])
def test_whose_posts_are_still_read_counts_among_those_who_write(cast, former):
    leave_only_ada(cast)
    publish(getattr(cast, former))
    assert people.several_write()


def test_posts_of_people_who_left_make_their_writers_several(cast):
    leave_only_ada(cast)
    cast.ada.status = AccountStatus.DISABLED
    db.session.commit()
    assert not people.several_write()
    publish(cast.mallory)
    assert not people.several_write()
    db.session.execute(db.update(Post).values(slug="y"))
    publish(cast.rita)
    assert people.several_write()


def test_the_invited_do_not_write_yet(cast):
    leave_only_ada(cast)
    cast.bob.role, cast.bob.status = Role.AUTHOR, AccountStatus.INVITED
    db.session.commit()
    assert not people.several_write()


@pytest.mark.parametrize(
    "username", ["a", "x" * 50, "张三", "o'neil", "a.b", "...", "ada@home", "é"]
)
def test_usernames_are_free(username):
    check_username(username)


@pytest.mark.parametrize(
    "username",
    [
        "",
        "x" * 51,
        ".",
        "..",
        " ada",
        "a b",
        "a\u3000b",
        "a\u00a0b",
        "a\tb",
        "a\0b",
        "a\u200bb",
        "a\u202eb",
        "\ud800",
        "\ufdfa" * 50,
        *[f"a{character}b" for character in '/\\?#%&<>"'],
    ],
)
def test_usernames_fit_into_addresses_and_onto_keyboards(username):
    with pytest.raises(RuleBroken) as refusal:
        check_username(username)
    assert refusal.value.field == "username"


@pytest.mark.parametrize("username", ["ALICE", "ａlice", "Alicé".replace("é", "e")])
def test_names_that_look_the_same_are_the_same(cast, username):
    with pytest.raises(RuleBroken), unit_of_work():
        give_username(cast.bob, username)


def test_ones_own_name_and_address_are_not_taken(cast):
    with unit_of_work():
        give_username(cast.bob, "BOB")
        give_email(cast.bob, "BOB@example.com")
    assert (cast.bob.username, cast.bob.email) == ("BOB", "BOB@example.com")


def test_many_accounts_may_have_no_address(cast):
    with unit_of_work():
        give_email(cast.bob, "")
        give_email(cast.alice, None)
    assert (cast.bob.email_key, cast.alice.email_key) == (None, None)
