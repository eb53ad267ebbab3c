"""Who wrote what is public has a page that the post links to, whatever became of the account."""

from bluelog.extensions import db
from bluelog.models import AccountStatus
from bluelog.queries.people import person_by_username
from tests.making import make_post


def test_a_disabled_author_is_linked_to_the_page_that_is_still_there(site, client):
    with site.app_context():
        alice = person_by_username("alice")
        make_post(alice, "The ferry")
        alice.status = AccountStatus.DISABLED
        db.session.commit()
    for path in ("/post/the-ferry", "/"):
        assert 'href="/author/alice"' in client.get(path).text
    assert client.get("/author/alice").status_code == 200
