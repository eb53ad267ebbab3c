"""Old addresses that answer by a redirect from now on."""

from datetime import datetime

from sqlalchemy import insert, select

from bluelog.extensions import db
from bluelog.models import Redirect
from bluelog.operations.importing.report import Kind, Outcome, Report
from bluelog.operations.importing.run import batches

_BATCH = 500
_LONGEST = 500


def keep(targets: dict[str, str], *, report: Report, at: datetime) -> None:
    """Write a redirect for each old path; one that leads somewhere already stays as it is."""
    for paths in batches(targets, _BATCH):
        query = select(Redirect.path, Redirect.target).where(Redirect.path.in_(paths))
        known = dict(db.session.execute(query).all())
        for path, present in known.items():
            _report_known(path, present, targets[path], report)
        new = [path for path in paths if path not in known and len(path) <= _LONGEST]
        if new:
            rows = [{"path": path, "target": targets[path], "created_at": at} for path in new]
            db.session.execute(insert(Redirect), rows)
            report.count(Kind.ADDRESS, Outcome.ADDED, len(new))


def _report_known(path: str, present: str, wanted: str, report: Report) -> None:
    if present == wanted:
        report.count(Kind.ADDRESS, Outcome.EXISTING)
    else:
        report.skip(Kind.ADDRESS, "they lead somewhere else already", f"{path} leads to {present}")
