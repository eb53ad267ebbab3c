"""Accounts: invitations, roles, ways back in."""

from collections.abc import Callable
from typing import Any

from flask import abort, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bluelog import mail
from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import InvitationForm, RoleForm
from bluelog.blueprints.admin.rendering import dashboard_page, form_page, say
from bluelog.clock import now
from bluelog.errors import RuleBroken
from bluelog.models import Token, TokenPurpose, User
from bluelog.queries import people as queries
from bluelog.services import invitations, people, registration, resets
from bluelog.web.forms import carried_out
from bluelog.web.paging import window
from bluelog.web.visitor import viewer


@bp.get("/people")
def manage_people() -> Any:
    """Every account, the newest first."""
    page = queries.people_page(_administrator(), window("BLUELOG_MANAGE_POST_PER_PAGE"))
    return dashboard_page("admin/people/list.html", page=page)


@bp.route("/people/invitation", methods=["GET", "POST"])
def invite() -> Any:
    """Ask somebody in by a link, which is mailed and can be copied."""
    form = InvitationForm()
    token = carried_out(form, lambda: _invite(form))
    if token is None:
        return form_page("admin/people/invite.html", form)
    say(_("The invitation is made. Its link is below."))
    return redirect(url_for("admin.show_person", user_id=token.user_id), 303)


@bp.get("/people/<id:user_id>")
def show_person(user_id: int) -> Any:
    """One account: its role, its state, the link it waits for."""
    person = _managed(user_id)
    return dashboard_page(
        "admin/people/person.html",
        person=person,
        form=RoleForm(obj=person),
        links=_open_links(person),
    )


@bp.post("/people/<id:user_id>/role")
def change_role(user_id: int) -> Response:
    form = RoleForm()
    if not form.validate():
        return _refused(user_id, _("Choose one of the listed roles."))
    return _act(user_id, people.change_role, _("The role is changed."), form.role.data)


@bp.post("/people/<id:user_id>/suspension")
def disable(user_id: int) -> Response:
    return _act(user_id, people.disable, _("The account is disabled and signed out."))


@bp.post("/people/<id:user_id>/reinstatement")
def enable(user_id: int) -> Response:
    return _act(user_id, people.enable, _("The account is open again."))


@bp.post("/people/<id:user_id>/confirmation")
def confirm(user_id: int) -> Response:
    return _act(user_id, registration.confirm_by_hand, _("The account is confirmed."))


@bp.post("/people/<id:user_id>/invitation")
def renew_invitation(user_id: int) -> Response:
    return _act(user_id, invitations.renew, _("There is a new link; the former one is void."))


@bp.post("/people/<id:user_id>/reset")
def issue_reset(user_id: int) -> Response:
    return _act(user_id, resets.issue, _("The link to a new password is below."))


@bp.post("/people/<id:user_id>/removal")
def remove(user_id: int) -> Response:
    """Delete an account that never was in use."""
    try:
        people.remove(user_id, by=_administrator(), at=now())
    except RuleBroken as refusal:
        return _refused(user_id, str(refusal))
    say(_("The account is removed."))
    return redirect(url_for("admin.manage_people"), 303)


def _act(user_id: int, verb: Callable[..., object], message: str, *values: Any) -> Response:
    try:
        verb(user_id, *values, by=_administrator(), at=now())
    except RuleBroken as refusal:
        return _refused(user_id, str(refusal))
    say(message)
    return redirect(url_for("admin.show_person", user_id=user_id), 303)


def _refused(user_id: int, reason: str) -> Response:
    say(reason, refused=True)
    return redirect(url_for("admin.show_person", user_id=user_id), 303)


def _invite(form: InvitationForm) -> Token:
    return invitations.invite(
        form.email.data or None,
        name=form.name.data or "",
        role=form.role.data,
        submission_id=form.submission_id.data,
        by=_administrator(),
        at=now(),
    )


def _open_links(person: User) -> list[tuple[str, str]]:
    """The links that wait for this person, to be copied: purpose and address."""
    found = []
    for purpose in (TokenPurpose.INVITATION, TokenPurpose.RESET):
        token = queries.latest_token(person.id, purpose)
        if token and token.is_usable_at(now()):
            found.append((purpose.value, mail.link_for(token)))
    return found


def _managed(user_id: int) -> User:
    return queries.person_managed_by(_administrator(), user_id) or abort(404)


def _administrator() -> Any:
    return viewer() or abort(401)
