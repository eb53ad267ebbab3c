"""How the blog is doing, as `flask doctor` says it."""

from typing import Any

from flask import redirect, url_for

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.rendering import dashboard_page, say
from bluelog.operations.doctor import CHECKS, TEST_MAIL, Level, examine, worst

# Servers that do not answer must not keep the page; the command waits longer for them.
LONGEST_SECONDS = 2.5


@bp.get("/health")
def health() -> Any:
    """Everything at once, the worst first."""
    entries = examine(CHECKS, seconds=LONGEST_SECONDS)
    return dashboard_page(
        "admin/health/index.html",
        entries=sorted(entries, key=lambda entry: -entry.finding.level),
        worst=worst(entries),
        levels=Level,
    )


@bp.post("/health/test-message")
def send_test_message() -> Any:
    """Send one to the operators now, and tell on the page what the server said."""
    for entry in examine([TEST_MAIL]):
        words = f"{entry.finding.words} {entry.finding.advice}".strip()
        say(words, refused=entry.finding.level is Level.FAILURE)
    return redirect(url_for("admin.health"), 303)
