"""The people of the demo blog."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import AccountStatus, Role, User
from bluelog.passwords import generate_password, hash_password
from bluelog.uow import unit_of_work


@dataclass(frozen=True)
class Account:
    """A demo account, with the password it was just given."""

    username: str
    role: str
    password: str


_CAST = {
    "ada": ("Ada Lin", Role.ADMINISTRATOR, "Keeps the lights on. 负责让灯一直亮着。"),
    "eve": ("Eve Shen 沈怡", Role.EDITOR, "Reads everything twice. 什么都读两遍。"),
    "alice": ("Alice Chen", Role.AUTHOR, "Ferries, kitchens, mending."),
    "bob": ("Bob 徐柏", Role.AUTHOR, "修东西，也修句子。"),
    "carol": ("Carol Finch", Role.CONTRIBUTOR, "Takes minutes, in both senses."),
    "rita": ("Rita", Role.READER, ""),
}


def make_people(at: datetime) -> list[Account]:
    """Make who is missing of the cast; only they are in the answer."""
    passwords = {username: generate_password() for username in _CAST}
    hashes = {username: hash_password(password) for username, password in passwords.items()}
    with unit_of_work():
        known = set(db.session.scalars(select(User.username_key)))
        missing = [username for username in _CAST if username not in known]
        for username in missing:
            db.session.add(_person(username, hashes[username], at))
    return [Account(name, _CAST[name][1].value, passwords[name]) for name in missing]


def people_by_username() -> dict[str, User]:
    """The cast as it is in the database."""
    query = select(User).where(User.username_key.in_(_CAST))
    return {user.username_key or "": user for user in db.session.scalars(query)}


def _person(username: str, password_hash: str, at: datetime) -> User:
    name, role, bio = _CAST[username]
    email = f"{username}@example.com"
    return User(
        username=username,
        username_key=username,
        email=email,
        email_key=email,
        name=name,
        role=role,
        bio=bio,
        password_hash=password_hash,
        status=AccountStatus.ACTIVE,
        created_at=at,
    )
