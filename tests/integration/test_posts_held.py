"""Whoever works on many posts at once holds them by their ids, so that nobody waits in a circle."""

import time
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask import Flask
from sqlalchemy import select

from bluelog.extensions import db
from bluelog.models import Post
from bluelog.operations.progress import silently
from bluelog.operations.reindexing import reindex
from bluelog.services import overdue, several
from tests.conftest import NOW
from tests.databases import POSTGRES
from tests.making import make_post
from tests.racing import at_once, hold

pytestmark = pytest.mark.skipif(not POSTGRES, reason="SQLite has one writer at a time")

LONG_AGO = NOW - timedelta(days=40)


@pytest.mark.parametrize("work", ["publish", "purge", "reindex", "trash"])
def test_who_waits_for_one_post_holds_none_that_follows(
    site: Flask, cast: SimpleNamespace, work: str
) -> None:
    status = {"publish": "scheduled", "purge": "trashed"}.get(work, "published")
    ids = [
        make_post(
            cast.alice,
            slug=f"p{n}",
            status=status,
            # The one that was made later is due first.
            published_at=LONG_AGO - n * timedelta(hours=1),
            trashed_at=LONG_AGO - n * timedelta(hours=1) if work == "purge" else None,
        ).id
        for n in range(2)
    ]
    # And lies first in the table, where the other is written again behind it.
    db.session.execute(db.update(Post).where(Post.id == ids[0]).values(words=1))
    db.session.commit()
    eve = cast.eve
    calls: dict[str, Callable[[], object]] = {
        "publish": lambda: overdue.publish(NOW),
        "purge": lambda: overdue.purge(NOW),
        "reindex": lambda: reindex(silently).written,
        "trash": lambda: several.trash(ids, by=eve, at=NOW).done,
    }

    def take() -> object:
        return hold(ids[0], select(Post.id).where(Post.id == ids[1]))

    def do_meanwhile() -> object:
        time.sleep(0.3)
        return calls[work]()

    assert at_once(site, take, do_meanwhile) == [ids[1], 2]
