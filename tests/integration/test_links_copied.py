"""Links that an administrator copies, where no address of the blog is set."""

import re

import pytest
from flask import Flask

from bluelog.extensions import db
from bluelog.models import User
from tests.browsing import browser, csrf_token, post

# As a phone on the same network calls the machine where the blog is developed.
HOST = "192.168.7.20:5001"


@pytest.mark.parametrize("purpose", ["invitation", "reset"])
def test_a_copied_link_leads_where_the_administrator_is(site: Flask, purpose: str) -> None:
    site.config["BLUELOG_URL"] = ""
    site.config["BLUELOG_ALLOWED_HOSTS"] = None
    ada, base = browser(site, "ada"), f"http://{HOST}"
    csrf_token(ada)  # The cookie has it from here on.
    cookie = ada.get_cookie(site.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    ada.set_cookie(cookie.key, cookie.value, domain=HOST.partition(":")[0])
    if purpose == "invitation":
        answer = post(ada, "/admin/people/invitation", {"role": "author"}, base_url=base)
        assert answer.status_code == 303
        person = answer.location
    else:
        with site.app_context():
            query = db.select(User.id).where(User.username == "rita")
            person = f"/admin/people/{db.session.scalar(query)}"
        assert post(ada, f"{person}/reset", base_url=base).status_code == 303
    page = ada.get(person, base_url=base).text
    [link] = set(re.findall(rf"https?://[^\"<\s]+/auth/{purpose}/[\w.-]+", page))
    assert link.startswith(f"{base}/auth/{purpose}/")
    opened = browser(site).get(link.removeprefix(base), base_url=base)
    assert opened.status_code == 200
    assert 'type="password"' in opened.text
