"""The frame around the pages of accounts."""

from typing import Any

from flask import Response, get_flashed_messages, make_response, render_template, request

from bluelog.i18n import lazy_gettext as _l
from bluelog.queries.history import has_copies
from bluelog.web.forms import Form
from bluelog.web.visitor import viewer

# What a redirect may say to somebody without a session, on the page it leads to.
NOTICES = {"confirmed": _l("Your address is confirmed.")}


def _has_texts() -> bool:
    """Whether the person typed something that the dashboard, being closed, does not show."""
    person = viewer()
    return person is not None and not person.may_write and has_copies(person)


def account_page(template: str, form: Form | None = None, **values: Any) -> Response:
    """Render a page, with status 422 when its form comes back for correction."""
    # Without a session there is nothing to read, and asking would set a cookie.
    said = NOTICES.get(request.args.get("notice", ""))
    messages = get_flashed_messages() if viewer() else [said] if said else []
    page = render_template(template, form=form, messages=messages, has_texts=_has_texts(), **values)
    return make_response(page, 422 if form is not None and form.is_submitted() else 200)
