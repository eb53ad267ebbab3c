"""The comment form."""

from datetime import datetime

from wtforms import HiddenField
from wtforms.validators import Length, Optional

from bluelog.blueprints.blog import bp
from bluelog.i18n import lazy_gettext as _l
from bluelog.services.comments import LONGEST
from bluelog.web import visitor
from bluelog.web.forms import Filled, Form, Line, Lines, between, email_address, web_address
from bluelog.web.stamps import stamp


class CommentForm(Form):
    """What a signed-in person fills in."""

    body = Lines(_l("Comment"), [Filled(), between(1, LONGEST)])
    stamp = HiddenField(validators=[Length(max=200)])

    @property
    def is_unexpected(self) -> bool:
        """Whether it answers what somebody sent who was signed in a moment ago."""
        return self.is_submitted() and visitor.has_lost_session()


class GuestCommentForm(CommentForm):
    """What a guest fills in."""

    author = Line(_l("Name"), [Filled(), between(1, 60)])
    email = Line(_l("E-mail"), [Filled(), between(1, 254), email_address])
    site = Line(_l("Website"), [Optional(), between(0, 255), web_address])


@bp.app_template_global()
def guest_form() -> CommentForm:
    """The form as a stranger finds it."""
    return GuestCommentForm(formdata=None)


def comment_form(post_id: int, at: datetime) -> CommentForm:
    """The form for whoever asks, stamped for a post and today."""
    form = CommentForm() if visitor.viewer() else GuestCommentForm()
    if not form.is_submitted():
        form.stamp.data = stamp(post_id, at)
    return form
