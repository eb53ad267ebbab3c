"""Pictures that the blog itself shows: in its settings, or at the end of an entry of a menu."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import Site, Upload, UploadSiteUse, UploadState
from bluelog.services import library, menus, posts, preferences
from bluelog.services.content import Content
from bluelog.services.preferences import Preferences
from tests.browsing import browser
from tests.conftest import NOW
from tests.pictures import keep, photograph


@pytest.fixture
def picture(cast: SimpleNamespace) -> Upload:
    """Of Alice's, which nothing shows."""
    return keep(photograph(), cast.alice)


@pytest.fixture
def address(picture: Upload) -> str:
    return f"/uploads/{picture.filename}"


def prefer(ada: Any, **values: str) -> None:
    version = db.session.scalars(db.select(Site.version)).one()
    asked = replace(Preferences("Bluelog"), **values)  # type: ignore[arg-type]
    preferences.change(asked, version=version, by=ada, at=NOW)


def state_of(picture: Upload) -> str | None:
    db.session.rollback()
    return db.session.scalar(db.select(Upload.state).where(Upload.id == picture.id))


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("custom_css", "body {{ background: url({}) }}"),
        ("custom_js", "new Image().src = '{}'"),
        ("footer", '<p><a href="{}">Our house</a></p>'),
        ("custom_css", "body {{ background: url(https://blog.example.org{}) }}"),
    ],
)
def test_the_settings_keep_what_they_show(
    cast: SimpleNamespace, picture: Upload, address: str, field: str, text: str
) -> None:
    prefer(cast.ada, **{field: text.format(address)})
    assert state_of(picture) == UploadState.USED
    with pytest.raises(RuleBroken, match="settings or the menus"):
        library.trash(picture.id, by=cast.alice, at=NOW)
    prefer(cast.ada)
    assert state_of(picture) == UploadState.UNUSED
    library.trash(picture.id, by=cast.alice, at=NOW)
    prefer(cast.ada, **{field: text.format(address)})
    assert state_of(picture) == UploadState.USED
    library.purge_trash(NOW + timedelta(days=31))
    assert state_of(picture) == UploadState.USED


def test_a_variant_counts_as_its_picture(
    cast: SimpleNamespace, picture: Upload, address: str
) -> None:
    prefer(cast.ada, custom_css=f"b {{ background: url({address.replace('.', '-w400.')}) }}")
    assert state_of(picture) == UploadState.USED


def test_an_entry_of_a_menu_keeps_what_it_leads_to(
    cast: SimpleNamespace, picture: Upload, address: str
) -> None:
    item = menus.add("footer", "url", url=address, label="Map", by=cast.eve, at=NOW)
    assert state_of(picture) == UploadState.USED
    menus.change(item.id, label="Map", url="/map", by=cast.eve, at=NOW)
    assert state_of(picture) == UploadState.UNUSED
    menus.change(item.id, label="Map", url=address, by=cast.eve, at=NOW)
    menus.remove(item.id, by=cast.eve, at=NOW)
    assert state_of(picture) == UploadState.UNUSED


def test_each_use_keeps_it(cast: SimpleNamespace, picture: Upload, address: str) -> None:
    prefer(cast.ada, footer=f'<p><a href="{address}">Map</a></p>')
    item = menus.add("footer", "url", url=address, label="Map", by=cast.eve, at=NOW)
    content = Content("Map", f'<p><img src="{address}" alt=""></p>', "en")
    made = posts.create(content, by=cast.alice, at=NOW)
    prefer(cast.ada)
    menus.remove(item.id, by=cast.eve, at=NOW)
    assert state_of(picture) == UploadState.USED
    posts.save(made.id, replace(content, source="<p>.</p>"), version=1, by=cast.alice, at=NOW)
    assert state_of(picture) == UploadState.UNUSED


def test_its_page_says_where_and_leads_there_who_may_go(
    site: Flask, cast: SimpleNamespace, picture: Upload, address: str
) -> None:
    prefer(cast.ada, footer=f'<p><a href="{address}">Map</a></p>')
    menus.add("footer", "url", url=address, label="Map", by=cast.eve, at=NOW)
    db.session.rollback()
    links = {"/admin/settings": "In the settings of the blog", "/admin/menus": "In a menu"}
    reached = {"ada": 2, "eve": 1, "alice": 0}
    for name, count in reached.items():
        page = browser(site, name).get(f"/admin/uploads/{picture.id}").text
        assert all(words in page for words in links.values())
        found = [f'href="{path}">{words}' in page for path, words in links.items()]
        assert sum(found) == count
        assert "No post or page shows it" not in page
        assert "Move to the trash" not in page


def test_what_was_there_before_the_rows_is_read_once(
    cast: SimpleNamespace, picture: Upload, address: str
) -> None:
    other = keep(photograph(300, 200, seed=5), cast.alice)
    prefer(cast.ada, footer=f'<p><a href="{address}">Map</a></p>')
    menus.add("footer", "url", url=f"/uploads/{other.filename}", label="M", by=cast.eve, at=NOW)
    before = uses()
    assert len(before) == 2
    db.session.rollback()
    db.engine.dispose()
    downgrade(revision="0019")
    assert (state_of(picture), state_of(other)) == (UploadState.UNUSED,) * 2
    db.session.execute(db.text("UPDATE upload SET state = 'trashed', trashed_at = created_at"))
    db.session.commit()
    db.engine.dispose()
    upgrade()
    assert uses() == before
    assert (state_of(picture), state_of(other)) == (UploadState.USED,) * 2


def uses() -> list[tuple[int, str]]:
    db.session.rollback()
    columns = (UploadSiteUse.upload_id, UploadSiteUse.place)
    return [tuple(row) for row in db.session.execute(db.select(*columns).order_by(*columns))]
