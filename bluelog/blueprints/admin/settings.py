"""The settings of the site."""

from dataclasses import fields
from typing import Any

from flask import redirect, url_for
from flask_babel import gettext as _

from bluelog.blueprints.admin import bp
from bluelog.blueprints.admin.forms import SettingsForm
from bluelog.blueprints.admin.rendering import form_page, say
from bluelog.clock import now
from bluelog.errors import VersionConflict
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Site
from bluelog.services import preferences
from bluelog.services.preferences import Preferences
from bluelog.web import visitor
from bluelog.web.forms import carried_out
from bluelog.web.visitor import signed_in


@bp.route("/settings", methods=["GET", "POST"])
def settings() -> Any:
    """The one page of them all; what somebody else saved meanwhile is not overwritten unseen."""
    form = SettingsForm(obj=visitor.site())
    try:
        saved = carried_out(form, lambda: _save(form))
    except VersionConflict as conflict:
        form.version.data, form.version.raw_data = conflict.current.version, None
        form.form_errors.append(_CONFLICT)
        response = form_page("admin/settings/form.html", form)
        response.status_code = 409
        return response
    if saved is None:
        return form_page("admin/settings/form.html", form)
    say(_("The settings are saved."))
    return redirect(url_for("admin.settings"), 303)


_CONFLICT = _l(
    "Somebody else saved the settings meanwhile. Yours are still here: "
    "save once more to replace theirs, or reload the page to see theirs."
)


def _save(form: SettingsForm) -> Site:
    values = {field.name: form[field.name].data for field in fields(Preferences)}
    values = {name: "" if value is None else value for name, value in values.items()}
    wanted = Preferences(**values)
    return preferences.change(wanted, version=form.version.data, by=signed_in(), at=now())
