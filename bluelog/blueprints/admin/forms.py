"""Forms of the dashboard."""

from collections.abc import Iterable
from typing import Any

from flask_ckeditor import CKEditorField
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput, TextArea

from bluelog.errors import RuleBroken
from bluelog.i18n import LANGUAGES
from bluelog.i18n import lazy_gettext as _l
from bluelog.models import Category, Menu, Post, Role
from bluelog.queries.menus import is_in_main_menu
from bluelog.services.notes import Note
from bluelog.text.ids import LARGEST_ID
from bluelog.text.render import HTML, MARKDOWN
from bluelog.text.wall_time import wall_time
from bluelog.web.forms import (
    Filled,
    Form,
    Line,
    Lines,
    SubmissionForm,
    between,
    choices,
    email_address,
    time_zones,
    web_address,
)
from bluelog.web.menus import NAMES
from bluelog.web.visitor import zone

LONGEST_SOURCE = 2_000_000
LONGEST_CODE = 500_000
MOST_COMMENT_DAYS = 36_500
ROLES = [
    (Role.ADMINISTRATOR, _l("Administrator")),
    (Role.EDITOR, _l("Editor")),
    (Role.AUTHOR, _l("Author")),
    (Role.CONTRIBUTOR, _l("Contributor")),
    (Role.READER, _l("Reader")),
]
MENUS = [(Menu.MAIN, _l("Main menu")), (Menu.FOOTER, _l("Footer menu"))]
FORMATS = [(HTML, _l("Rich text")), (MARKDOWN, "Markdown")]
POST_LANGUAGES = [
    ("en", "English"),
    ("zh-Hans", "简体中文"),
    ("zh-Hant", "繁體中文"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("de", "Deutsch"),
    ("fr", "Français"),
    ("es", "Español"),
    ("ru", "Русский"),
    ("pt", "Português"),
    ("ar", "العربية"),
]


def page_id(value: Any) -> int:
    """The id of a page, 0 for none."""
    number = int(value)
    if not 0 <= number <= LARGEST_ID:
        raise ValueError(value)
    return number


class Title(Line):
    """One line in a field that wraps it, so that a long one is seen whole."""

    widget = TextArea()

    def process_formdata(self, valuelist: list[Any]) -> None:
        is_text = bool(valuelist) and isinstance(valuelist[0], str)
        super().process_formdata([" ".join(valuelist[0].split())] if is_text else valuelist)


class PostForm(SubmissionForm):
    """The editor: every button of it sends the whole form."""

    title = Title(_l("Title"), [Filled(), between(1, 200)])
    # By the extension's own widget CKEditor would start by itself, before editor.js has its turn.
    source = CKEditorField(_l("Text"), [Filled(), between(1, LONGEST_SOURCE)], widget=TextArea())
    slug = Line(_l("Address"), [Optional(), between(1, 80)])
    excerpt = Lines(_l("Excerpt"), [Optional(), between(0, 1000)])
    category_id = SelectField(_l("Category"), coerce=int)
    tags = Line(_l("Tags"), [Optional(), between(0, 2000)])
    tags_were = HiddenField()
    language = SelectField(_l("Language"), choices=choices(POST_LANGUAGES))
    original = Line(_l("Translation of"), [Optional(), between(0, 500)])
    authors = Line(_l("Authors"), [Optional(), between(0, 1200)])
    series = Line(_l("Series"), [Optional(), between(0, 60)])
    series_was = HiddenField()
    part = IntegerField(_l("Part"), [Optional(), NumberRange(1, 99_999)])
    part_was = HiddenField()
    # What may be chosen is looked at by the service.
    parent = SelectField(_l("Parent page"), coerce=page_id, validate_choice=False)
    position = IntegerField(_l("Order"), [Optional(), NumberRange(0, 99_999)])
    in_menu = BooleanField(_l("Show in the menu"), default=True)
    in_menu_was = HiddenField()
    comments_open = BooleanField(_l("Readers may comment"), default=True)
    cover = FileField(_l("Cover picture"))
    cover_id = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])
    remove_cover = BooleanField(_l("Remove the cover picture"))
    source_format = SelectField(_l("Format"), choices=choices(FORMATS), default=HTML)
    with_contents = BooleanField(_l("Table of contents"))
    with_formulas = BooleanField(_l("Formulas between dollar signs"))
    version = IntegerField(validators=[Optional(), NumberRange(0, LARGEST_ID)])
    appears = Line(_l("Date and time"), [Optional(), between(0, 30)])
    appears_was = HiddenField()
    note = Lines(_l("Note to the writer"), [Optional(), between(0, 2000)])
    note_was = Lines(widget=HiddenInput())
    # The working copy that this editor began with, as of its time.
    taken = HiddenField()

    cover_refused: RuleBroken | None = None
    refused_status = 422

    def changed_time(self) -> str | None:
        """The time at which it is to appear; None where it is as this editor found it.

        Somebody may have given another meanwhile, which an editor that was open keeps.
        """
        typed = self.appears.data or ""
        is_changed = self.appears.raw_data and typed != (self.appears_was.data or "")
        return typed if is_changed else None

    def changed_menu(self) -> bool | None:
        """Whether it is to be in the menu; None where that is as this editor found it, or not said.

        Somebody may have arranged the menu meanwhile.
        """
        is_said = bool(self.in_menu.raw_data)
        is_same = self.in_menu_was.raw_data and self.in_menu.data == bool(self.in_menu_was.data)
        return self.in_menu.data if is_said and not is_same else None

    def sent_note(self) -> Note | None:
        """What was typed to the writer, beside what this editor found there."""
        if not self.note.raw_data:
            return None
        return Note(self.note.data or "", self.note_was.data or "")

    def offer(
        self, categories: list[Category], post: Post | None, parents: list[Any]
    ) -> "PostForm":
        """Fill the choices; a post in a language of its own keeps it."""
        # Said of it and left to the service, for the form of a page has no such field.
        self.authors.flags.required = True
        self.category_id.choices = choices((c.id, c.name) for c in categories)
        if self.category_id.data is None:
            self.category_id.data = next((c.id for c in categories if c.is_default), None)
        self.parent.choices = choices(
            [(0, _l("None")), *((page.id, page.title) for page in parents)]
        )
        if post is not None and not self.source_format.raw_data:
            self.source_format.data = post.source_format
        kept = wall_time(post.published_at, zone()) if post and post.published_at else ""
        for field in (self.appears, self.appears_was):
            field.data = field.data if field.raw_data else kept
        for field in (self.note, self.note_was):
            field.data = field.data if field.raw_data else post and post.review_note
        if not self.in_menu_was.raw_data:
            self.in_menu_was.data = "y" if post and is_in_main_menu(post) else ""
        known = {code for code, _name in POST_LANGUAGES}
        if post is not None and post.language not in known:
            own = (post.language, post.language)
            self.language.choices = choices([*POST_LANGUAGES, own])
        return self


class CategoryForm(SubmissionForm):
    name = Line(_l("Name"), [Filled(), between(1, 60)])
    slug = Line(_l("Address"), [Optional(), between(1, 80)])


class TagForm(Form):
    name = Line(_l("Name"), [Filled(), between(1, 60)])
    slug = Line(_l("Address"), [Optional(), between(1, 80)])


class MergerForm(Form):
    into = Line(_l("Tag to merge into"), [Filled(), between(1, 60)])


class SeriesForm(Form):
    name = Line(_l("Name"), [Filled(), between(1, 60)])
    slug = Line(_l("Address"), [Optional(), between(1, 80)])
    description = Lines(_l("Description"), [Optional(), between(0, 300)])


class LinkForm(SubmissionForm):
    name = Line(_l("Name"), [Filled(), between(1, 60)])
    url = Line(_l("Web address"), [Filled(), between(1, 500), web_address])


class EntryForm(Form):
    label = Line(_l("Label"), [Optional(), between(0, 60)])
    url = Line(_l("Web address"), [Optional(), between(0, 500)])


class NewEntryForm(SubmissionForm):
    menu = SelectField(_l("Menu"), choices=choices(MENUS), default=Menu.MAIN)
    # What may be chosen is looked at by the service.
    target = SelectField(_l("Leads to"), validate_choice=False)
    url = Line(_l("Web address"), [Optional(), between(0, 500)])
    label = Line(_l("Label"), [Optional(), between(0, 60)])

    def offer(self, pages: Iterable[Any], *named: Iterable[Any]) -> "NewEntryForm":
        """Fill the choices: what every blog has, pages, categories and tags, an address."""
        rows = [("page", each.id, each.title) for each in pages]
        for kind, listed in zip(("category", "tag"), named, strict=True):
            rows += [(kind, each.id, each.name) for each in listed]
        groups = {"page": _l("Pages"), "category": _l("Categories"), "tag": _l("Tags")}
        built_in = [(kind, NAMES[kind]) for kind in NAMES]
        self.target.choices = choices([*built_in, ("url", _l("Another address"))])
        self.target.choices += [
            SelectChoice(f"{kind}:{row_id}", name, optgroup=groups[kind])
            for kind, row_id, name in rows
        ]
        return self


class RedirectForm(SubmissionForm):
    # As it was asked for, which may begin or end with what a line would lose.
    path = StringField(_l("From"), [Filled(), between(1, 2000)])
    target = Line(_l("To"), [Filled(), between(1, 2000)])


class InvitationForm(SubmissionForm):
    name = Line(_l("Name"), [Optional(), between(0, 60)])
    email = Line(_l("E-mail"), [Optional(), between(0, 254), email_address])
    role = SelectField(_l("Role"), choices=choices(ROLES), default=Role.AUTHOR)


class RoleForm(Form):
    role = SelectField(_l("Role"), choices=choices(ROLES))


class SettingsForm(Form):
    title = Line(_l("Blog title"), [Filled(), between(1, 100)])
    description = Line(_l("Description"), [Optional(), between(0, 200)])
    language = SelectField(_l("Language"), choices=choices(LANGUAGES.items()))
    time_zone = SelectField(_l("Time zone"), choices=time_zones())
    text_font = SelectField(
        _l("Letters of the text"),
        choices=choices([("serif", _l("Serif")), ("sans", _l("Sans serif"))]),
    )
    slug_style = SelectField(
        _l("Addresses of Chinese titles"),
        choices=choices([("pinyin", _l("In pinyin")), ("native", _l("In Chinese characters"))]),
    )
    registration_open = BooleanField(_l("Readers may register"))
    sidebar = BooleanField(_l("Show categories and links beside the lists"))
    comment_days = IntegerField(
        _l("Days that a post takes comments"),
        [NumberRange(0, MOST_COMMENT_DAYS, _l("A number of days from 0 to 36,500."))],
        default=0,
    )
    feed_text = SelectField(
        _l("Posts in feeds"),
        choices=choices([("full", _l("Their whole text")), ("excerpt", _l("Their excerpt"))]),
    )
    ai_crawlers = BooleanField(_l("Programs may collect the posts to train AI"))
    custom_css = Lines(_l("Custom CSS"), [Optional(), between(0, LONGEST_CODE)])
    custom_js = Lines(_l("Custom JavaScript"), [Optional(), between(0, LONGEST_CODE)])
    footer = Lines(_l("Footer (HTML)"), [Optional(), between(0, LONGEST_CODE)])
    version = IntegerField(validators=[NumberRange(0, LARGEST_ID)])
