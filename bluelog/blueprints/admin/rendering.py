"""The frame around every page of the dashboard."""

from typing import Any

from flask import Response, flash, get_flashed_messages, make_response, render_template

from bluelog.clock import now
from bluelog.queries import comments, frame, operations
from bluelog.web import frame as around
from bluelog.web import visitor
from bluelog.web.forms import Form


def dashboard_page(template: str, **values: Any) -> Response:
    """Render a page in the dashboard's frame."""
    person = visitor.viewer()
    assert person is not None, "the guard lets nobody else in"  # noqa: S101
    messages = get_flashed_messages(with_categories=True)
    undoable = any(message[0] == "undo" for message in messages)
    page = render_template(
        template,
        waiting=comments.pending_count(person) if person.may_publish else 0,
        messages=messages,
        undo=frame.last_reversible_act(person) if undoable else None,
        many_write=around.current().many_authors,
        worker_is_missing=operations.worker_is_missing(now()),
        now=now(),
        **values,
    )
    return make_response(page)


def form_page(template: str, form: Form, **values: Any) -> Response:
    """Render a form, with status 422 when it comes back for correction."""
    response = dashboard_page(template, form=form, **values)
    response.status_code = 422 if form.is_submitted() else 200
    return response


def say(message: str, *, undo: bool = False, refused: bool = False) -> None:
    """Tell on the next page what happened, with a button that undoes it where that can be."""
    flash(message, "refused" if refused else "undo" if undo else "done")
