"""Ways in, ways back in, one's own account."""

from collections.abc import Callable
from typing import Any

from tests.conftest import PASSWORD
from tests.matrix import rows
from tests.stage import Stage

NEW_PASSWORD = "copper-heron-17-lake"

# Registration is closed here, as it is by default; whoever is signed in needs no sign-in page.
TABLE = """
#                                         stranger mallory rita carol alice eve ada
GET  /auth/login                        | 200 200 302 302 302 302 302
POST /auth/login                        | done done 302 302 302 302 302 | new user_session.user_id={rita}
POST /auth/login?as=mallory             | 422 422 302 302 302 302 302
GET  /auth/logout                       | 302 302 200 200 200 200 200
POST /auth/logout                       | refused refused done done done done done | signed-out

GET  /account                           | sign-in sign-in 200 200 200 200 200
POST /account                           | 401 401 done done done done done | me.name=Ivan
GET  /account/password                  | sign-in sign-in 200 200 200 200 200
POST /account/password                  | 401 401 done done done done done | me.session_generation=1
GET  /account/email                     | sign-in sign-in 200 200 200 200 200
POST /account/email                     | 401 401 done done done done done | me.email=new@example.org

GET  /auth/register                     | 404
POST /auth/register                     | 404
GET  /auth/confirm                      | 404
POST /auth/confirm                      | 404
GET  /auth/confirm/{confirmation_link}  | 200
POST /auth/confirm/{confirmation_link}  | 403
GET  /auth/confirm/{reset_link}         | 404
POST /auth/confirm/{reset_link}         | 404

# The links of mails: having one is the right, whoever is signed in.
GET  /auth/reset                        | 200
POST /auth/reset                        | done | new outgoing_mail.recipient=rita@example.com
GET  /auth/reset/{reset_link}           | 200
POST /auth/reset/{reset_link}           | done | rita.session_generation=1
GET  /auth/reset/{invitation_link}      | 404
POST /auth/reset/{invitation_link}      | 404
GET  /auth/invitation/{invitation_link} | 200
POST /auth/invitation/{invitation_link} | done | ivan.status=active ; ivan.username=ivan
GET  /auth/invitation/{reset_link}      | 404
POST /auth/invitation/{reset_link}      | 404
GET  /auth/email/{email_change_link}    | 200
POST /auth/email/{email_change_link}    | done | bob.email=new@example.org
GET  /auth/email/{reset_link}           | 404
POST /auth/email/{reset_link}           | 404
GET  /unsubscribe/{unsubscribe_link}    | 200
POST /unsubscribe/{unsubscribe_link}    | done | new mail_opt_out.email_key=guest@example.org
GET  /unsubscribe/{reset_link}          | 404
POST /unsubscribe/{reset_link}          | 404

# There is an administrator.
GET  /setup                             | 404
POST /setup                             | 404
"""  # noqa: E501  (a row of a table is one line)


def known(login: str) -> Callable[[Stage], dict[str, Any]]:
    """The sign-in form of that person."""
    return lambda _stage: {"login": login, "password": PASSWORD}


def new(_stage: Stage) -> dict[str, Any]:
    """The forms of an invitation, of a reset and of the profile."""
    return {"username": "ivan", "name": "Ivan", "password": NEW_PASSWORD, "locale": ""}


def changed(_stage: Stage) -> dict[str, Any]:
    """The form of a new password."""
    return {"current": PASSWORD, "password": NEW_PASSWORD}


def address(_stage: Stage) -> dict[str, Any]:
    """The form of a new address."""
    return {"email": "new@example.org", "password": PASSWORD}


def forgotten(_stage: Stage) -> dict[str, Any]:
    """The form that asks for a link to a new password."""
    return {"email": "rita@example.com"}


ROWS = rows(TABLE)
FORMS = {
    row.path: new for row in ROWS if row.path.startswith(("/auth/reset/", "/auth/invitation/"))
} | {
    "/account": new,
    "/account/email": address,
    "/account/password": changed,
    "/auth/login": known("rita"),
    "/auth/login?as=mallory": known("mallory"),
    "/auth/reset": forgotten,
}
