"""Links to other sites."""

from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import Link
from bluelog.operations.importing import ledger, source
from bluelog.operations.importing.report import Kind, Outcome
from bluelog.operations.importing.run import Run
from bluelog.operations.importing.values import web_address

_LONGEST_NAME = 60
_LONGEST_URL = 500


def bring(run: Run) -> None:
    """Bring in the links whose address is not here yet."""
    known = dict(db.session.execute(select(Link.url, Link.id)).all())
    with run.progress("Links", run.source.count("link")) as advance:
        for old in run.source.links():
            advance(1)
            if run.ledger.knows(ledger.LINK, old.id):
                run.report.count(Kind.LINK, Outcome.EXISTING)
            elif old.url in known:
                run.report.skip(Kind.LINK, "the address is here already", _told(old))
            elif not web_address(old.url) or len(old.url) > _LONGEST_URL:
                run.report.skip(Kind.LINK, "not an address of the web", _told(old))
            else:
                known[old.url] = _added(run, old)


def _added(run: Run, old: source.Link) -> int:
    link = Link(name=(old.name or old.url)[:_LONGEST_NAME].strip(), url=old.url)
    db.session.add(link)
    db.session.flush()  # The ledger needs its id.
    run.ledger.remember(ledger.LINK, [(old.id, link.id)])
    run.report.count(Kind.LINK, Outcome.ADDED)
    return link.id


def _told(old: source.Link) -> str:
    return f"link {old.id} “{old.name}”: {old.url or 'no address'}"
