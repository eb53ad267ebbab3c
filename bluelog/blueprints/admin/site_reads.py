"""How often the blog was read as a whole."""

from typing import Any

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.reads import asked_days, figures, today
from bluelog.blueprints.admin.rendering import dashboard_page
from bluelog.models import EVER
from bluelog.queries import reads


@bp.get("/reads")
def show_site_reads() -> Any:
    """The reads of all posts by day and by site, and the posts read most."""
    days = asked_days()
    return dashboard_page(
        "admin/reads/site.html",
        this_month=reads.most_read(f"{today():%Y-%m}"),
        ever=reads.most_read(EVER),
        **figures(reads.of_site(today(), days), days),
    )
