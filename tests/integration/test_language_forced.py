"""The messages that are looked for once a request are those of the language that is spoken."""

from flask import Flask, render_template_string

from bluelog.i18n import force_locale

WORDS = "{{ _('Sign in') }}, {{ ngettext('%(num)d comment', '%(num)d comments', 2) }}"
ENGLISH, CHINESE = "Sign in, 2 comments", "登录，2 条评论"


def test_a_language_is_forced_in_the_midst_of_a_request_and_let_go(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        said = [render_template_string(WORDS)]
        with force_locale("zh_Hans_CN"):
            said.append(render_template_string(WORDS).replace(", ", "，"))
        said.append(render_template_string(WORDS))
    assert said == [ENGLISH, CHINESE, ENGLISH]
