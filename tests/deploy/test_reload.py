"""A reload serves the release that `current` leads to by then, and not the one of the start."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.hand import Hand
from tests.deploy.conftest import Stage
from tests.postbox import wait_until

pytestmark = pytest.mark.deploy

MARK = "a lantern of the next release"


@contextmanager
def next_release(stage: Stage) -> Iterator[Path]:
    """The release that runs once more, with another word at the end of its pages."""
    first = stage.server.site.current.resolve()
    folder = first.with_name("next")
    shutil.copytree(first, folder, symlinks=True)
    with (folder / "bluelog/templates/blog/colophon.html").open("a") as file:
        file.write(f"<p>{MARK}</p>\n")
    try:
        yield folder
    finally:
        lead_to(stage, first)
        shutil.rmtree(folder)


def lead_to(stage: Stage, release: Path) -> None:
    Hand().link(stage.server.site.current, release)
    stage.manager.reload()


def shows_mark(stage: Stage) -> bool:
    answer = stage.client().get("/about")
    assert answer.status == 200
    return MARK in answer.text


def test_a_reload_goes_on_to_the_next_release_and_back(stage: Stage) -> None:
    first = stage.server.site.current.resolve()
    assert not shows_mark(stage)
    with next_release(stage) as release:
        for _ in range(2):
            lead_to(stage, release)
            wait_until(lambda: shows_mark(stage), 5)
            lead_to(stage, first)
            wait_until(lambda: not shows_mark(stage), 5)
