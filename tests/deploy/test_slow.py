"""A thousand clients that hold connections and say little, beside people who only want to read."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from tests.deploy.acts import comment, publish
from tests.deploy.asking import Answer, Client
from tests.deploy.conftest import Stage
from tests.e2e.stage import ROOT
from tests.postbox import wait_until

pytestmark = pytest.mark.deploy

CLIENTS = 1000
ADDRESSES = 20  # each of them holds fewer than nginx lets one address have
SECONDS = 25
GOOD_WITHIN_SECONDS = 1


def test_a_thousand_slow_clients_keep_nobody_waiting(
    stage: Stage, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    ada = stage.ada()
    path = publish(ada, f"Beside slow ones {stage.name}", "A long story. " * 20_000)
    get_used(stage, ada, path)
    answers: list[Answer] = []
    with slow_clients(stage, path, tmp_path / "held") as held:
        wait_until(lambda: held() > CLIENTS * 0.95, 60)
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            turn = len(answers)
            answers += [stage.client(61).get("/"), stage.client(62).get("/auth/login")]
            answers += [ada.get("/admin/posts"), stage.client(63).get(f"/links?notice={turn}")]
            answers.append(comment(stage.client(64 + turn // 5 % 90), path, f"Word {turn}."))
            time.sleep(0.1)
        assert held() > CLIENTS * 0.9, "those whom nginx lets go of come again"
    assert {answer.status for answer in answers} <= {200, 303}
    assert len(answers) > 100
    took = sorted(answer.seconds for answer in answers)
    record_property("slowest_seconds", took[-1])
    record_property("median_seconds", median(took))
    assert took[-1] < GOOD_WITHIN_SECONDS


def get_used(stage: Stage, ada: Client, path: str) -> None:
    """Have every worker do everything once before: what is new to one takes its time alone."""
    acts: list[Callable[[int], Answer]] = [
        lambda n: stage.client(61).get(f"/?notice=used{n}"),
        lambda _: stage.client(62).get("/auth/login"),
        lambda _: ada.get("/admin/posts"),
        lambda n: stage.client(63).get(f"/links?notice=used{n}"),
        lambda n: comment(stage.client(160 + n // 4), path, f"Before {n}."),
    ]
    with ThreadPoolExecutor(8) as pool:
        for act in acts:
            assert {answer.status for answer in pool.map(act, range(32))} <= {200, 303}


@contextmanager
def slow_clients(stage: Stage, path: str, count: Path) -> Iterator[Callable[[], int]]:
    """Have them come; how many the server holds is to be asked for at any time."""
    command = [sys.executable, "-m", "tests.deploy.slow_clients"]
    command += [stage.url, path, str(CLIENTS), str(ADDRESSES)]
    with count.open("wb") as file:
        process = subprocess.Popen(command, cwd=ROOT, stdout=file)
    try:
        yield lambda: int((count.read_text().splitlines() or ["0"])[-1] or 0)
    finally:
        process.kill()
        process.wait()
