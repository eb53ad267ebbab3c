"""Workers killed and servers told to end while people use them."""

import os
import random
import signal
import sqlite3
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from tests.deploy.acts import publish
from tests.deploy.asking import Answer
from tests.deploy.conftest import Stage
from tests.deploy.load import loaded, said_at_last
from tests.deploy.managers import Supervisor, workers_of
from tests.deploy.under_way import LOCKED_SECONDS, meanwhile
from tests.postbox import wait_until

pytestmark = pytest.mark.deploy

KILLS, COMMENTS = 20, 200
AT_A_TIME = COMMENTS // KILLS
TIMES = 10
OUT_WITHIN_SECONDS = 30


def test_no_acknowledged_comment_is_lost_or_doubled_by_killed_workers(stage: Stage) -> None:
    path = publish(stage.ada(), f"Killed {stage.name}")
    said = [f"Comment {n} of {COMMENTS}" for n in range(COMMENTS)]
    people = [stage.client(50 + n) for n in range(COMMENTS)]
    acknowledged: list[str] = []
    with ThreadPoolExecutor(4) as pool:
        for kill in range(KILLS):
            some = slice(kill * AT_A_TIME, (kill + 1) * AT_A_TIME)
            pairs = zip(people[some], said[some], strict=True)
            sent = [pool.submit(said_at_last, person, path, words) for person, words in pairs]
            # In the midst of them, whatever the worker is doing.
            enough = random.randint(0, AT_A_TIME // 2)
            wait_until(lambda sent=sent, enough=enough: sum(e.done() for e in sent) >= enough, 90)
            wait_until(lambda: kill_one(stage), 90)
            acknowledged += [each.result() for each in sent]
    assert Counter(kept_under(stage, path)) == Counter(acknowledged) == Counter(said)


def kill_one(stage: Stage) -> bool:
    """Kill one worker, whatever it is doing; False where none was there."""
    workers = sorted(workers_of(stage.manager.pid()))
    if workers:
        os.kill(random.choice(workers), signal.SIGKILL)
    return bool(workers)


def kept_under(stage: Stage, path: str) -> list[str]:
    query = "SELECT body FROM comment JOIN post ON post.id = post_id WHERE '/post/' || slug = ?"
    with closing(sqlite3.connect(stage.server.database)) as connection:
        return [body for (body,) in connection.execute(query, (path,))]


def test_reloads_under_load_cut_no_request(stage: Stage) -> None:
    ada = stage.ada()
    path = publish(ada, f"Reloaded {stage.name}")
    said = [f"Waited {n} through a reload" for n in range(TIMES)]
    with loaded(stage, path) as load:
        for n in range(TIMES):
            before, people = len(load.answers), (ada, stage.client(200 + n))
            old = workers_of(stage.manager.pid())
            assert meanwhile(stage, path, people, said[n], lambda: reload_in_time(stage)) == 200
            assert not old & workers_of(stage.manager.pid())
            wait_until(lambda before=before: len(load.answers) > before + 20, 30)
    assert load.bad() == []
    assert len(load.answers) > 20 * TIMES
    assert sorted(kept_under(stage, path)) == said


def reload_in_time(stage: Stage) -> None:
    began = time.monotonic()
    stage.manager.reload()
    assert time.monotonic() - began < OUT_WITHIN_SECONDS


def test_a_server_told_to_end_answers_first_what_is_under_way(stage: Stage) -> None:
    """By itself, with nobody holding its socket: what comes meanwhile is told to come back."""
    if not isinstance(stage.manager, Supervisor):
        pytest.skip("behind a held socket a reload is this, and better")
    ada = stage.ada()
    path = publish(ada, f"Ended {stage.name}")
    said = [f"Waited {n} for an end" for n in range(TIMES)]
    log = stage.server.site.nginx_logs / "bluelog.error.log"
    said_before = len(log.read_text())
    with loaded(stage, path) as load:
        for n in range(TIMES):
            before, main = len(load.answers), stage.manager.pid()
            people = ada, stage.client(215 + n)
            picture = meanwhile(stage, path, people, said[n], lambda main=main: end(main))
            assert picture in (200, 503)
            wait_until(lambda main=main: stage.manager.pid() not in (0, main), 30)
            wait_until(lambda before=before: is_answering(load.answers[before:]), 60)
    # Nobody was there for some, and nginx says so; nobody was hung up on.
    assert load.failures == []
    assert {answer.status for answer in load.answers if answer.status >= 500} <= {503}
    # A reset is of who still waited at the door and was never heard; he was told to come back.
    lines = log.read_text()[said_before:].splitlines()
    assert [line for line in lines if "prematurely" in line] == []
    assert sorted(kept_under(stage, path)) == said


def end(pid: int) -> None:
    """By the signal of who only asks; it waits for the longest request, and no longer than that."""
    began = time.monotonic()
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: not is_running(pid), OUT_WITHIN_SECONDS + 5)
    assert LOCKED_SECONDS - 2 < time.monotonic() - began < OUT_WITHIN_SECONDS


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_answering(answers: list[Answer]) -> bool:
    return len(answers) > 20 and all(answer.status < 500 for answer in answers[-10:])
