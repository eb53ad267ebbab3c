"""How often a post was read."""

from typing import Any

from flask import abort, request

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.rendering import dashboard_page
from bluelog.clock import now
from bluelog.queries import reads
from bluelog.text.plot import plot_of
from bluelog.web import visitor
from bluelog.web.visitor import viewer

# The days that can be looked at, and those that are looked at first.
PERIODS = (7, 30, reads.YEAR)
USUAL = 30


@bp.get("/posts/<id:post_id>/reads")
def show_reads(post_id: int) -> Any:
    """The reads of a post by day and by site, to editors and to who wrote it."""
    person: Any = viewer()
    post = reads.post_read_by_many(person, post_id) or abort(404)
    days = asked_days()
    found = reads.of_post(post.id, today(), days)
    return dashboard_page(
        "admin/reads/post.html",
        post=post,
        ever=reads.totals([post.id]).get(post.id, 0),
        **figures(found, days),
    )


def figures(found: reads.Counted, days: int) -> dict[str, Any]:
    """What both pages of reads show."""
    return {
        "days": days,
        "totals": {period: found.total(period) for period in PERIODS},
        "plot": plot_of(found.last(days)),
        "sources": found.sources,
        "counted_at": reads.last_counted_at(),
    }


def asked_days() -> int:
    """The days of `?days=`, one of the periods there are."""
    given = request.args.get("days", str(USUAL))
    return next((days for days in PERIODS if given == str(days)), None) or abort(404)


def today() -> Any:
    """The day it is in the site's zone."""
    return now().astimezone(visitor.zone()).date()
