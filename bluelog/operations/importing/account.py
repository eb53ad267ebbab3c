"""The administrator."""

from datetime import datetime

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import AccountStatus, Role, User
from bluelog.operations.importing import ledger, source
from bluelog.operations.importing.report import Kind, Outcome
from bluelog.operations.importing.run import Run
from bluelog.queries.people import person_by_username
from bluelog.services import identities
from bluelog.text.keys import name_key

_LONGEST_USERNAME, _LONGEST_NAME, _LONGEST_HASH = 50, 60, 255


def bring(run: Run, email: str | None) -> int:
    """The account of the administrator, who becomes the author of everything that comes in.

    An account of that username is left as it is. Raises RuleBroken when the e-mail address belongs
    to somebody else.
    """
    admin = run.source.admin
    known = run.ledger.find(ledger.ACCOUNT, admin.id)
    if known is not None:
        run.report.count(Kind.ACCOUNT, Outcome.EXISTING)
        return known
    username = admin.username[:_LONGEST_USERNAME]
    user = person_by_username(username)
    if user is None:
        user = _added(admin, username, email, run.at)
        run.report.count(Kind.ACCOUNT, Outcome.ADDED)
        _note_new(run, user)
    else:
        run.report.count(Kind.ACCOUNT, Outcome.ATTACHED)
        _note_attached(run, user, email)
    run.ledger.remember(ledger.ACCOUNT, [(admin.id, user.id)])
    return user.id


def _added(admin: source.Admin, username: str, email: str | None, at: datetime) -> User:
    user = User(username=username, username_key=name_key(username), created_at=at)
    identities.give_email(user, email)
    user.name = admin.name[:_LONGEST_NAME]
    user.password_hash = admin.password_hash[:_LONGEST_HASH] or None
    user.role, user.status = Role.ADMINISTRATOR, AccountStatus.ACTIVE
    db.session.add(user)
    db.session.flush()  # What was written needs the account's id.
    return user


def _note_new(run: Run, user: User) -> None:
    try:
        identities.check_username(user.username or "")
    except RuleBroken as refusal:
        run.report.note(f"The username “{user.username}” stays, but: {refusal}")
    if not user.password_hash:
        run.report.note(f"“{user.username}” had no password: set one with flask init.")
    if not user.email:
        run.report.note(f"“{user.username}” has no e-mail address: add one under Account.")


def _note_attached(run: Run, user: User, email: str | None) -> None:
    run.report.note(
        f"“{user.username}” ({user.role}) was here already and is now the author of the posts; "
        "password, role and address stayed as they were."
    )
    if email:
        run.report.note(f"--email {email} was not needed.")
