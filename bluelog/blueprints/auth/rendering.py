"""The frame around the pages of accounts."""

from typing import Any

from flask import Response, get_flashed_messages, make_response, render_template

from bluelog.web.forms import Form
from bluelog.web.visitor import viewer


def account_page(template: str, form: Form | None = None, **values: Any) -> Response:
    """Render a page, with status 422 when its form comes back for correction."""
    # Without a session there is nothing to read, and asking would set a cookie.
    messages = get_flashed_messages() if viewer() else []
    page = render_template(template, form=form, messages=messages, **values)
    return make_response(page, 422 if form is not None and form.is_submitted() else 200)
