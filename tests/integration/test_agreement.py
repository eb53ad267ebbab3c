"""Whatever is done to a blog, search, archives, lists, counts and redirects agree with its posts.

The seed is told with what went wrong; BLUELOG_TEST_SEED takes another.
"""

import os
from datetime import timedelta
from random import Random
from typing import Any

import pytest
import time_machine
from flask import Flask

from bluelog import clock
from bluelog.extensions import db
from bluelog.models import PostKind, User
from bluelog.reactions import tagging
from bluelog.services import archive, posts, search_index, slugs, states
from bluelog.services.content import Content
from tests.agreeing import Facts, Ledger, disagreements
from tests.conftest import NOW
from tests.making import make_post
from tests.wandering import ACTS, Wanderer

SEED = int(os.environ.get("BLUELOG_TEST_SEED", "20260310"))
STEPS = 200
# What has to do with comments, settings and people only is done by other walks.
APART = {"say", "say more", "approve", "approve all", "hold", "spam", "bin", "relink", "introduce"}
# Redirects are followed as readers do: some after each step, and all of them now and then.
SOME, ALL_EVERY = 3, 50


class Disagreement(AssertionError):
    """Something told of a post what is not so."""


class Walk:
    """One act after another, each by chance, and a look at everything after each."""

    def __init__(self, site: Flask, seed: int) -> None:
        self.site, self.seed, self.chance, self.at = site, seed, Random(seed), NOW
        self.ledger, self.told = Ledger(), [""]
        self.followed = self.nested = 0
        self.acts = [name for name in ACTS if name not in APART]

    def go(self, steps: int) -> None:
        for step in range(1, steps + 1):
            days = self.chance.choice([0] * 12 + [1, 20])
            self.at += timedelta(days, minutes=self.chance.choice([0, 0, 1, 30]))
            with time_machine.travel(self.at, tick=False):
                wrong, paths = self._step()
                some = paths if step % ALL_EVERY == 0 else self._some(paths)
                wrong += [told for path in some if (told := self._lost(path))]
            if wrong:
                last = "\n  ".join(self.told[-8:])
                raise Disagreement(f"seed {self.seed}, step {step}: {wrong[:5]}\n  {last}")

    def _step(self) -> tuple[list[str], list[str]]:
        with self.site.app_context():
            name = self.chance.choice(self.acts)
            self.told.append(Wanderer(self.chance, clock.now()).act(name))
            self.facts = Facts(clock.now())
            self.nested += any(fact.parent_slug for fact in self.facts.public)
            words = self._some(self.facts.words)
            wrong = [*disagreements(self.facts, words), *self.ledger.note(self.facts)]
            return [*wrong, *self.ledger.astray(self.facts)], self.ledger.paths()

    def _some(self, among: list[str]) -> list[str]:
        return self.chance.sample(among, k=min(SOME, len(among)))

    def _lost(self, path: str) -> str:
        """What is wrong with where a guest gets to from there; nothing if nothing is."""
        guest, public = self.site.test_client(), {f.id: f.address for f in self.facts.public}
        self.followed += 1
        answer = guest.get(path)
        there, is_shown = (answer.status_code, answer.location), path in public.values()
        if path in self.ledger.owners:
            goal = public.get(self.ledger.owners[path])
            moved = (301, goal) if goal else (404, None)
            wanted = (200, None) if is_shown else moved
            return f"{path} answers {there} and not {wanted}" if there != wanted else ""
        if answer.status_code == 301:
            end = guest.get(answer.location).status_code
            return f"{path} leads to {answer.location}, {end}" if end != 200 else ""
        return "" if answer.status_code in (200, 404) else f"{path} answers {there}"


@pytest.fixture
def walk(site: Flask) -> Walk:
    """A small blog, and somebody who will do anything to it."""
    with site.app_context():
        alice = db.session.scalars(db.select(User).where(User.username == "alice")).one()
        for number in range(4):
            make_post(alice, f"Post {number}")
        _pages()
    return Walk(site, SEED)


def _pages() -> None:
    """A page with two others under it."""
    eve = db.session.scalars(db.select(User).where(User.username == "eve")).one()
    how: Any = {"by": eve, "at": NOW, "kind": PostKind.PAGE}
    house = posts.create_published(Content("House", "<p>Words.</p>", "en"), **how)
    for title in ("Garden", "Cellar"):
        beneath = Content(title, "<p>Words.</p>", "en", parent=house.id)
        posts.create_published(beneath, **how)


def test_everything_agrees_with_the_posts(walk: Walk) -> None:
    walk.go(STEPS)
    done = [told for told in walk.told if told and ":" not in told]
    # A walk that is refused everything, or goes nowhere, says nothing.
    assert len(done) > STEPS / 2
    assert set(done) > {"save", "publish", "schedule", "trash", "restore", "rename", "bulk"}
    assert walk.followed > STEPS
    assert walk.nested > STEPS / 20


WRITING = ["write", "publish", "save what is public", "trash", "restore", "rename"]


@pytest.mark.parametrize(
    ("where", "name", "told"),
    [
        (search_index, "write", "search, "),
        (archive, "add", "archive, "),
        (tagging, "_settle", "tags, "),
        (states, "count", "categories, "),
        (slugs, "moved", "leads to None"),
        (slugs, "leads_to_another", "is taken from|leads to None"),
    ],
    ids=["search", "archive", "tags", "categories", "redirects", "addresses that were"],
)
def test_the_walk_finds_out_when_one_of_them_is_not_kept(
    walk: Walk, monkeypatch: pytest.MonkeyPatch, where: Any, name: str, told: str
) -> None:
    monkeypatch.setattr(where, name, lambda *_args, **_options: None)
    walk.acts = WRITING
    with pytest.raises(Disagreement, match=told):
        walk.go(10 * STEPS)
