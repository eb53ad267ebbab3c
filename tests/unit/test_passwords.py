"""Passwords: kept so that they cannot be read, judged before they are taken."""

from unittest.mock import patch

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask_babel import Babel
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.security import generate_password_hash

from bluelog import passwords
from bluelog.passwords import (
    common_passwords,
    generate_password,
    hash_password,
    needs_rehash,
    verify_password,
    weakness,
)


def test_a_hash_verifies_its_password_and_no_other() -> None:
    stored = hash_password("plain-lantern-42")
    assert verify_password(stored, "plain-lantern-42")
    assert not verify_password(stored, "plain-lantern-43")
    assert not verify_password(stored, "")


def test_a_hash_is_argon2id_with_the_chosen_cost_and_fits_its_column() -> None:
    stored = hash_password("plain-lantern-42")
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert len(stored) <= 255


def test_two_hashes_of_one_password_differ() -> None:
    assert hash_password("plain-lantern-42") != hash_password("plain-lantern-42")


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    assert verify_password(hash_password("caf\u00e9 au lait"), "cafe\u0301 au lait")


@pytest.mark.parametrize("method", ["scrypt:1024:8:1", "pbkdf2:sha256:1000"])
def test_an_imported_hash_verifies_and_asks_to_be_made_anew(method: str) -> None:
    stored = generate_password_hash("plain-lantern-42", method=method)
    assert verify_password(stored, "plain-lantern-42")
    assert not verify_password(stored, "plain-lantern-43")
    assert needs_rehash(stored)


def test_a_hash_of_other_cost_asks_to_be_made_anew_and_ours_does_not() -> None:
    assert needs_rehash(PasswordHasher(time_cost=1, memory_cost=1024).hash("x"))
    assert not needs_rehash(hash_password("x"))
    assert needs_rehash("")


UNREADABLE = [
    None,
    "",
    "plain-lantern-42",
    "$argon2id$v=19$m=19456,t=2,p=1$short",
    "scrypt:1$",
    "scrypt:32768:8:1:9$salt$digest",
    "scrypt:99999999999999999999999:8:1$salt$digest",
    "pbkdf2:nothing:1$salt$digest",
    "pbkdf2:sha256:99999999999999999999999$salt$digest",
]


@pytest.mark.parametrize("stored", UNREADABLE)
def test_what_cannot_be_compared_is_refused_after_as_much_work(stored: str | None) -> None:
    with patch.object(passwords, "_hasher", wraps=passwords._hasher) as hasher:
        assert not verify_password(stored, "plain-lantern-42")
    assert hasher.hash.call_count == 1


def test_an_overlong_password_is_refused_without_being_compared() -> None:
    with patch.object(passwords, "check_password_hash") as check:
        assert not verify_password("scrypt:1024:8:1$salt$digest", "x" * 100_000)
    check.assert_not_called()


def test_a_made_up_password_can_be_read_aloud_and_is_never_the_same() -> None:
    made = {generate_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) == 17 and not set(password) & set("0O1lIio") for password in made)
    assert all(weakness(password) is None for password in made)


@pytest.mark.parametrize(
    "plain",
    ["woaini1314", "a123456789", "qq123456", "QQ123456", " Password1 ", "1q2w3e4r", "5201314520"],
)
def test_what_others_would_try_first_is_refused(plain: str) -> None:
    assert said(weakness(plain)) == "This password is among the first that others would try."


def test_the_list_of_common_passwords_is_kept_as_it_is_compared() -> None:
    assert {"5201314", "woaini1314"} <= common_passwords()
    assert len(common_passwords()) >= 150
    assert all(word == word.strip().casefold() for word in common_passwords())


@pytest.mark.parametrize(
    ("plain", "reason"),
    [
        ("seven77", "Use at least 8 characters."),
        ("山高水长月明风", "Use at least 8 characters."),
        ("x" * 1025, "This password is too long."),
        ("灯" * 342, "This password is too long."),
    ],
)
def test_length_is_counted_in_characters_below_and_in_bytes_above(plain: str, reason: str) -> None:
    assert said(weakness(plain)) == reason


@pytest.mark.parametrize("plain", ["山高水长月明风清", "x7!kfj2p", "y" + "ab" * 511, "灯笼" * 170])
def test_a_password_of_fair_length_is_taken(plain: str) -> None:
    assert weakness(plain) is None


@pytest.mark.parametrize(
    "plain", ["adalovelace", "AdaLovelace", "augusta@example.com", "augustaking", "The Lantern"]
)
def test_what_an_attacker_knows_is_refused(plain: str) -> None:
    known = ["adalovelace", "augusta@example.com", "augustaking@example.org", "The Lantern", ""]
    assert "not your name" in said(weakness(plain, known))
    assert weakness(f"{plain} and more", known) is None


@given(st.text())
def test_any_text_is_judged_without_an_error(plain: str) -> None:
    weakness(plain, [plain])


def said(message: object) -> str:
    """A lazy message as an English reader sees it."""
    app = Flask(__name__)
    Babel(app)
    with app.app_context():
        return str(message)
