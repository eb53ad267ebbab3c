"""People who use the blog while something is done to it."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event, Thread

from tests.deploy.acts import comment_form
from tests.deploy.asking import Answer, Client
from tests.deploy.conftest import Stage

AWAY = (502, 503, 504)


@dataclass
class Load:
    """What came of what was asked."""

    answers: list[Answer] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def ask(self, what: Callable[[], Answer]) -> None:
        try:
            self.answers.append(what())
        except (OSError, HTTPException) as error:
            self.failures.append(repr(error))

    def bad(self) -> list[str]:
        """Everything that was no page, redirect or refusal; nginx's for an app that is away is bad.

        The app's own, for a database that somebody holds, is an answer like another.
        """
        wrong = [a for a in self.answers if a.status >= 500 and not is_busy(a)]
        return self.failures + [f"{a.status} after {a.seconds:.1f} s" for a in wrong]


def is_busy(answer: Answer) -> bool:
    """The app's word that the database is held; nginx speaks of half a minute."""
    return answer.status == 503 and answer.headers["Retry-After"] == "5"


@contextmanager
def loaded(stage: Stage, path: str) -> Iterator[Load]:
    """Readers, a signed-in administrator and people who comment, all at once and all the time."""
    load, stop = Load(), Event()
    ada = stage.ada()
    acts: list[Callable[[], Answer]] = [
        lambda: stage.client(41).get(f"{path}?notice=n{random.random()}"),
        lambda: stage.client(42).get(f"/?notice=n{random.random()}"),
        lambda: ada.get("/admin/posts"),
        lambda: ada.get(path),
        lambda: stage.client(43).post("/auth/login", {"login": "ada", "password": "wrong"}),
        lambda: stage.client(44).post(path, {"body": "", "author": "x" * 50_000}),
    ]

    def keep_asking(what: Callable[[], Answer]) -> None:
        while not stop.is_set():
            load.ask(what)

    threads = [Thread(target=keep_asking, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        stop.set()
        for thread in threads:
            thread.join(90)


def said_at_last(client: Client, path: str, words: str, seconds: float = 60) -> str:
    """Send one comment until it is acknowledged, as a patient person does; the words."""
    until = time.monotonic() + seconds
    form = None
    while time.monotonic() < until:
        try:
            form = form or comment_form(client, path, words)
            answer = client.post(path, form)
        except (OSError, HTTPException, AssertionError):
            time.sleep(0.2)
            continue
        if answer.status == 303:
            return words
        assert answer.status in AWAY, answer.text
        time.sleep(0.2)
    raise AssertionError(f"never acknowledged: {words}")
