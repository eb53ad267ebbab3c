"""A database that somebody else holds: a moment is waited for, through a minute reading goes on."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from threading import Timer

import pytest

from tests.deploy.acts import comment_form, post_form, publish
from tests.deploy.asking import Answer, Client
from tests.deploy.conftest import Stage

pytestmark = pytest.mark.deploy

NEW = "/admin/posts/new/publication"
A_MOMENT_SECONDS = 1
A_MINUTE_SECONDS = 60
SHORT_WAIT_SECONDS = 3


@contextmanager
def locked(stage: Stage) -> Iterator[sqlite3.Connection]:
    """Hold the database's write lock."""
    path, how = stage.server.database, {"timeout": 20, "check_same_thread": False}
    with closing(sqlite3.connect(path, isolation_level=None, **how)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield holder


def test_a_lock_of_four_seconds_is_waited_for(stage: Stage) -> None:
    ada, greta = stage.ada(), stage.client(180)
    path = publish(ada, "A light")
    form, post = comment_form(greta, path, "I saw it too."), post_form(ada, "Two lights", "Two.")
    with locked(stage) as holder, ThreadPoolExecutor() as pool:
        Timer(4, holder.rollback).start()
        sent = [pool.submit(greta.post, path, form), pool.submit(ada.post, NEW, post)]
        answers = [each.result() for each in sent]
    assert [answer.status for answer in answers] == [303, 303]
    assert min(answer.seconds for answer in answers) > 3


def test_a_lock_of_a_minute_stops_writing_alone(stage: Stage) -> None:
    ada, gretas = stage.ada(), [stage.client(n) for n in range(181, 197)]
    path = publish(ada, "A light of an hour")
    forms = [comment_form(greta, path, f"I saw {n}.") for n, greta in enumerate(gretas)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: read(ada, path, 2), range(16)))  # so that no worker finds it new
    began = time.monotonic()
    with locked(stage), ThreadPoolExecutor(16) as pool:

        def send(count: int) -> float:
            """So many write in vain, and readers do not notice; the longest wait."""
            pairs = list(zip(gretas[:count], forms[:count], strict=True))
            sent = [pool.submit(greta.post, path, form) for greta, form in pairs]
            assert slowest(read(ada, path, 10)) < A_MOMENT_SECONDS
            answers = [each.result() for each in sent]
            for (_, form), answer in zip(pairs, answers, strict=True):
                assert is_told(answer)
                assert {name: answer.field(name) for name in form} == form
            return slowest(answers)

        # In each worker a few wait once.
        waits = [send(4)]
        while max(waits[-3:]) > SHORT_WAIT_SECONDS or len(waits) < 4:
            waits.append(send(4))
        assert len(waits) < 10
        # So many more would take every thread, if each of them waited as long again.
        while time.monotonic() < began + A_MINUTE_SECONDS:
            assert send(16) < SHORT_WAIT_SECONDS
            time.sleep(5)
    kept = [greta.post(path, form).status for greta, form in zip(gretas, forms, strict=True)]
    assert kept == [303] * len(gretas)


def test_the_text_of_who_was_refused_comes_back(stage: Stage) -> None:
    ada, greta = stage.ada(), stage.client(197)
    path = publish(ada, "A light and a word")
    said = comment_form(greta, path, 'I saw it "too" & <more>.\n\nFrom the hill.')
    written = post_form(ada, "Two lights", "Then there were two of us.")
    with locked(stage):
        refused = [(greta, path, said), (ada, NEW, written)]
        answers = [(who, to, form, who.post(to, form)) for who, to, form in refused]
    for who, to, form, answer in answers:
        assert is_told(answer)
        typed = {name: answer.field(name) for name in form}
        token = {name: form[name] for name in form.keys() & {"csrf_token"}}
        assert typed | token == form, "another token of the same session does as well"
        assert who.post(to, typed).status == 303


def read(ada: Client, path: str, times: int) -> list[Answer]:
    """What a stranger and the administrator read meanwhile."""
    stranger, found = Client(ada.url), []
    for _ in range(times):
        found += [stranger.get("/"), stranger.get(path), ada.get("/admin/posts")]
    assert {answer.status for answer in found} == {200}
    return found


def slowest(answers: list[Answer]) -> float:
    return max(answer.seconds for answer in answers)


def is_told(answer: Answer) -> bool:
    return answer.status == 503 and answer.headers["Retry-After"] == "5"
