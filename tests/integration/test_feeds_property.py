"""Whatever is done to a blog, its feeds and its sitemap tell of what is public and nothing else.

The seed is told with what went wrong; BLUELOG_TEST_SEED takes another.
"""

import json
import os
from datetime import datetime, timedelta
from random import Random

import time_machine
from flask import Flask

from bluelog import clock
from bluelog.extensions import db
from bluelog.models import PUBLIC_STATUSES, Comment, Post, User
from tests.conftest import NOW
from tests.feed_rules import MAP, read
from tests.making import make_comment, make_post
from tests.wandering import ACTS, Wanderer

SEED = int(os.environ.get("BLUELOG_TEST_SEED", "20260310"))
STEPS = 250


def public(at: datetime, kind: str) -> set[str]:
    query = db.select(Post).where(Post.kind == kind, Post.status.in_(PUBLIC_STATUSES))
    return {post.path for post in db.session.scalars(query.where(Post.published_at <= at))}


def in_feed(site: Flask, path: str) -> list[str]:
    items = json.loads(site.test_client().get(path).data)["items"]
    return [item["url"].removeprefix("http://localhost") for item in items]


def in_sitemap(site: Flask) -> set[str]:
    found: set[str] = set()
    for part in read(site.test_client().get("/sitemap.xml").data):
        address = (part.findtext(f"{MAP}loc") or "").removeprefix("http://localhost")
        for place in read(site.test_client().get(address).data):
            found.add((place.findtext(f"{MAP}loc") or "").removeprefix("http://localhost"))
    lists = ("/category/", "/tag/", "/series/", "/author/", "/archive/")
    return {path for path in found if not path.startswith(lists)} - {"/", "/archive"}


def said(at: datetime) -> set[str]:
    query = db.select(Comment.id, Post.slug).join(Comment.post).where(Post.kind == "post")
    query = query.where(Comment.status == "approved", Post.status.in_(PUBLIC_STATUSES))
    rows = db.session.execute(query.where(Post.published_at <= at))
    return {f"/post/{slug}/comments/{key}" for key, slug in rows}


def test_feeds_and_sitemap_agree_with_the_posts(site: Flask) -> None:
    with site.app_context():
        alice = db.session.scalars(db.select(User).where(User.username == "alice")).one()
        for number in range(4):
            make_comment(make_post(alice, f"Post {number}"))
    chance, at = Random(SEED), NOW
    for step in range(STEPS):
        at += timedelta(minutes=chance.choice([0, 0, 1, 30]))
        with time_machine.travel(at, tick=False):
            with site.app_context():
                done = Wanderer(chance, clock.now()).act(chance.choice(list(ACTS)))
                posts, pages = public(at, "post"), public(at, "page")
                comments = said(at)
            told = f"seed {SEED}, step {step}: {done}"
            # Fewer than a feed holds: it must have them all.
            assert set(in_feed(site, "/feed.json")) == posts, told
            assert in_sitemap(site) == posts | pages, told
            assert set(in_feed(site, "/comments/feed.json")) <= comments, told
            assert len(in_feed(site, "/comments/feed.json")) == min(20, len(comments)), told
