"""A blog that comes back from an archive finds what it had."""

import shutil
from collections.abc import Callable
from pathlib import Path

from flask import Flask

from bluelog.queries.search import Wish, find
from bluelog.text.search.question import question
from tests.conftest import NOW
from tests.index import held, out_of_step
from tests.integration.backup.steps import backed_up, flask, let_go


def test_a_restored_blog_finds_what_it_had(
    blog: Flask, empty_machine: Callable[[], Flask], tmp_path: Path
) -> None:
    archive = shutil.copy(backed_up(blog), tmp_path / "kept.tar.gz")
    empty = empty_machine()
    with empty.app_context():
        done = flask(empty, "restore", str(archive), "--yes")
        assert done.exit_code == 0, done.output
        assert held()
        assert out_of_step() == set()
        for words in ("lamp", "灯"):
            assert len(find(Wish(question(words)), None, NOW).fitting) == 1
        let_go()
