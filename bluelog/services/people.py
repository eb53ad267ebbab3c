"""What administrators decide about people."""

from datetime import datetime

from sqlalchemy import select

from bluelog.errors import RuleBroken
from bluelog.events import Act
from bluelog.extensions import db
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import AccountStatus, AuditEvent, Role, TokenPurpose, User
from bluelog.passwords import hash_password
from bluelog.queries.people import person_by_username
from bluelog.services import identities, sessions, tokens
from bluelog.services.locks import lock_site
from bluelog.uow import record, unit_of_work


def change_role(user_id: int, role: str, *, by: User, at: datetime) -> User:
    """Give another role and end the account's sessions. Raises NotAllowed, NotFound, RuleBroken."""
    wanted = identities.known_role(role)
    with unit_of_work():
        user = _managed(user_id, by)
        if user.role == wanted:
            return user
        _keep_one_administrator(user)
        record(Act("user.role-changed", by.id, at, "user", user.id, {str(user.id): user.role}))
        user.role = wanted
        # An invitation is the only way into an account that nobody has taken over.
        tokens.void(user, TokenPurpose.RESET, TokenPurpose.EMAIL_CHANGE, at=at)
        sessions.end_all(user)
    return user


def disable(user_id: int, *, by: User, at: datetime) -> User:
    """Shut the account: no session, no link and no password of it works any more."""
    with unit_of_work():
        user = _managed(user_id, by)
        if user.status == AccountStatus.DISABLED:
            return user
        _keep_one_administrator(user)
        _set_status(user, AccountStatus.DISABLED, by, at)
        tokens.void(user, at=at)
    return user


def enable(user_id: int, *, by: User, at: datetime) -> User:
    """Open the account again; one that waited for its owner when it was shut waits again."""
    with unit_of_work():
        user = _managed(user_id, by)
        if user.status == AccountStatus.DISABLED:
            _set_status(user, _former_status(user), by, at)
    return user


def remove(user_id: int, *, by: User, at: datetime) -> None:
    """Delete an account that never was in use: an invitation or an unconfirmed registration."""
    with unit_of_work():
        user = _managed(user_id, by)
        if user.status not in (AccountStatus.INVITED, AccountStatus.UNCONFIRMED):
            raise RuleBroken(None, _l("This account has been used. Disable it instead."))
        record(Act("user.removed", by.id, at, "user", user.id))
        db.session.delete(user)


def set_password_by_operator(username: str, password: str, *, at: datetime) -> User:
    """Let back in who is locked out, at the word of someone at the machine itself.

    Raises RuleBroken("username" or "password").
    """
    identities.check_password(password, username)
    password_hash = hash_password(password)
    with unit_of_work():
        found = person_by_username(username)
        if found is None:
            raise RuleBroken("username", _l("There is no account with this username."))
        user = identities.locked_user(found.id)
        user.password_hash = password_hash
        tokens.void(user, at=at)
        sessions.end_all(user)
        record(Act("user.password-set", None, at, "user", user.id))
    return user


def _managed(user_id: int, by: User) -> User:
    """The account, held; the site's row too, so that administrators take turns."""
    lock_site()
    identities.check_administrator(by)
    return identities.locked_user(user_id)


def _keep_one_administrator(user: User) -> None:
    others = select(User.id).where(
        User.role == Role.ADMINISTRATOR, User.status == AccountStatus.ACTIVE, User.id != user.id
    )
    if user.is_administrator and db.session.scalar(others.limit(1)) is None:
        raise RuleBroken(None, _l("A blog needs at least one active administrator."))


def _former_status(user: User) -> AccountStatus:
    """What the account was when it was last shut, by the trail; there is none of an import."""
    shut = select(AuditEvent.before).where(
        AuditEvent.action == "user.disabled", AuditEvent.subject_id == user.id
    )
    before = db.session.scalar(shut.order_by(AuditEvent.id.desc()).limit(1)) or {}
    joined = user.password_hash is not None
    usual = AccountStatus.ACTIVE if joined else AccountStatus.INVITED
    return AccountStatus(before.get(str(user.id), usual))


def _set_status(user: User, status: AccountStatus, by: User, at: datetime) -> None:
    action = "user.disabled" if status == AccountStatus.DISABLED else "user.enabled"
    record(Act(action, by.id, at, "user", user.id, {str(user.id): user.status}))
    user.status = status
    sessions.end_all(user)
