"""The trail of who did what."""

from bluelog.events import Act
from bluelog.extensions import db
from bluelog.models import AuditEvent


def keep(act: Act) -> None:
    """Write the act down, with the former states that undoing it needs."""
    db.session.add(
        AuditEvent(
            at=act.at,
            actor_id=act.actor_id,
            action=act.action,
            subject=act.subject,
            subject_id=act.subject_id,
            before=act.before,
        )
    )
