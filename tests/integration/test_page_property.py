"""Whatever happens in whichever process, every kept page is what a new one would be.

The seed is told with what went wrong; BLUELOG_TEST_SEED and BLUELOG_TEST_STEPS take others.
"""

import os
import sys
from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from itertools import product
from pathlib import Path
from random import Random

import pytest
from flask import Flask

from bluelog.extensions import db
from bluelog.models import Link, User
from tests.conftest import CAST
from tests.kept import UNTOLD, VARIANTS, address_of
from tests.making import make_comment, make_post
from tests.processes import Asked, House, house
from tests.wandering import ACTS

pytestmark = pytest.mark.slow
SEED = int(os.environ.get("BLUELOG_TEST_SEED", "20260310"))
STEPS = int(os.environ.get("BLUELOG_TEST_STEPS", "2000"))
# Every page there is, in every variant, after so many steps; a few of them after each.
ALL_EVERY = 400
SOME = 3
ALL_VARIANTS = [*VARIANTS, *UNTOLD]
RECENT = 60
MOST_FURTHER = 12


class StalePage(AssertionError):
    """A process answered what is not so any more."""


class Walk:
    """One step after another, each by chance, and a look at the pages after each."""

    def __init__(self, house: House, seed: int) -> None:
        self.house, self.seed, self.chance = house, seed, Random(seed)
        self.told: list[str] = []
        self.further: set[str] = set()
        self.asked: deque[Asked] = deque(maxlen=RECENT)
        self.steps = self.pages = self.hits = 0

    def go(self, steps: int) -> None:
        for self.steps in range(1, steps + 1):
            self._step()
            paths = self._paths()
            self._look(self._some(paths))
            if self.steps % ALL_EVERY == 0:
                self._look(list(product(paths, ALL_VARIANTS)))

    def _step(self) -> None:
        if self.chance.random() < 0.2:
            span = timedelta(minutes=self.chance.choice([1, 5, 20, 20, 45, 700]))
            self.house.wait(span)
            self.told.append(f"{span} passed")
            return
        number = self.chance.randrange(len(self.house.keeping))
        name, seed = self.chance.choice(list(ACTS)), self.chance.randrange(2**32)
        meanwhile = self._some(["/", "/links", *sorted(self.further)])
        self.told.append(f"{number}: {self.house.act(number, name, seed, meanwhile)}")

    def _paths(self) -> list[str]:
        return [*self.house.paths(), *sorted(self.further)]

    def _some(self, paths: list[str]) -> list[Asked]:
        """A page that may be new to everyone, and others that were asked for of late."""
        self.asked.append((self.chance.choice(paths), self.chance.choice(ALL_VARIANTS)))
        return [self.asked[-1], *(self.chance.choice(self.asked) for _ in range(SOME))]

    def _look(self, asked: list[Asked]) -> None:
        look = self.house.look(asked)
        self.pages += len(asked)
        self.hits += look.hits
        known = sorted(self.further | look.further)
        self.further = set(self.chance.sample(known, k=min(MOST_FURTHER, len(known))))
        if look.wrong:
            last = "\n  ".join(self.told[-12:])
            raise StalePage(f"seed {self.seed}, step {self.steps}: {look.wrong[:5]}\n  {last}")


@pytest.fixture
def address(site: Flask) -> Iterator[str]:
    """The database of a small blog."""
    with site.app_context():
        authors = {u.username: u for u in db.session.scalars(db.select(User))}
        for number in range(5):
            post = make_post(authors[list(CAST)[number % 3]], f"Post {number}")
            for word in range(number * 2):
                make_comment(post, f"Word {word}")
        about = make_post(authors["ada"], "About", kind="page")
        beneath = {"kind": "page", "parent_id": about.id, "parent_slug": about.slug}
        for title in ("History", "People"):
            make_post(authors["ada"], title, **beneath)
        db.session.add(Link(name="A friend", url="https://friend.example.org/"))
        db.session.commit()
        db.engine.dispose()
    return address_of(site)


def test_no_process_ever_answers_what_is_not_so_any_more(
    site: Flask, address: str, tmp_path: Path
) -> None:
    with house(tmp_path, address) as there:
        walk = Walk(there, SEED)
        walk.go(STEPS)
    done = [told for told in walk.told if told[0].isdigit() and told.count(":") == 1]
    told = f"{len(done)} changes, {walk.pages} pages asked of each, {walk.hits} hits"
    sys.stdout.write(f"seed {SEED}: {walk.steps} steps, {told}\n")
    # A walk that is refused everything, or finds nothing in memory, says nothing.
    assert len(done) > STEPS / 3
    assert walk.hits > STEPS / 4


@pytest.mark.parametrize("without", ["content", "frame", "post"])
def test_the_walk_finds_out_when_something_does_not_grow(
    site: Flask, address: str, tmp_path: Path, without: str
) -> None:
    with house(tmp_path, address, without=without) as there, pytest.raises(StalePage):
        # It ends where it finds something, mostly long before.
        Walk(there, SEED).go(STEPS)
