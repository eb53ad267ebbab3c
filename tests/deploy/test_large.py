"""Requests far too large: refused at once, and at no great cost."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException

import pytest

from tests.deploy.asking import Body, Client
from tests.deploy.conftest import Stage
from tests.deploy.memory import peak_above
from tests.e2e.stage import Blog

pytestmark = pytest.mark.deploy

MIB = 1024**2
AT_ONCE = 8
WITHIN_SECONDS = 5
# Eight who send 50 MB each over TLS take that long themselves before they listen.
SENT_WITHIN_SECONDS = 20
MOST_MORE_BYTES = 200 * MIB
HUNG_UP = 0
LINE = {"Content-Type": "application/x-www-form-urlencoded"}
PARTS = {"Content-Type": "multipart/form-data; boundary=x"}
PART = b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\nv\r\n'
FILE = b'--x\r\nContent-Disposition: form-data; name="upload"; filename="a.jpg"\r\n\r\n'


def chunks(total: int) -> Iterator[bytes]:
    for _ in range(total // 65_536):
        yield b"x" * 65_536


BODIES: dict[str, tuple[dict[str, str], Callable[[], Body]]] = {
    "50 MB on a line": (LINE, lambda: b"body=" + b"x" * 50 * MIB),
    "50 MB in chunks": (LINE, lambda: chunks(50 * MIB)),
    "a file of 50 MB": (PARTS, lambda: FILE + b"x" * 50 * MIB + b"\r\n--x--\r\n"),
    "100,000 parts": (PARTS, lambda: PART * 100_000 + b"--x--\r\n"),
    "100,000 fields": (LINE, lambda: b"&".join(b"f%d=v" % n for n in range(100_000))),
    "4,000,000 fields": (LINE, lambda: b"a&" * 4_000_000),
}
HEADS: dict[str, dict[str, str]] = {
    "a long header": {"X-Long": "x" * 10_000},
    "a megabyte of header": {"X-Long": "x" * MIB},
    "many headers": {f"X-{n}": "v" * 100 for n in range(1000)},
    "a long cookie": {"Cookie": "a=" + "x" * 20_000},
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_too_large_is_refused_at_once(
    stage: Stage, name: str, record_property: Callable[[str, object], None]
) -> None:
    headers, make = BODIES[name]
    with ThreadPoolExecutor(AT_ONCE) as pool, peak_above(mains(stage)) as taken:
        answers = list(
            pool.map(lambda n: refused(stage.client(70 + n), headers, make()), range(AT_ONCE))
        )
        most = taken()
    assert set(answers) == {413}
    record_property("more_bytes", most)
    assert most < MOST_MORE_BYTES
    assert stage.client().get("/").seconds < 1


def test_a_length_too_large_is_refused_before_the_body_is_sent(stage: Stage) -> None:
    announced = {"Content-Length": str(50 * MIB)}
    for _ in range(AT_ONCE):
        answer = stage.client(78).ask("POST", "/auth/login", b"x", announced)
        assert (answer.status, "This is too large" in answer.text) == (413, True)
        assert answer.seconds < 1


@pytest.mark.parametrize("name", HEADS)
def test_a_head_too_large_is_refused_at_once(stage: Stage, name: str) -> None:
    with peak_above(mains(stage)) as taken:
        for _ in range(AT_ONCE):
            answer = stage.client(71).ask("GET", f"/?notice={len(name)}", headers=HEADS[name])
            assert 400 <= answer.status < 500
            assert answer.seconds < WITHIN_SECONDS
        assert taken() < MOST_MORE_BYTES


def test_gunicorn_alone_bears_it_too(lone: Blog) -> None:
    """It hangs up on who goes on sending what it has refused; who listens is told."""
    assert lone.server
    with ThreadPoolExecutor(AT_ONCE) as pool, peak_above([lone.server.pid]) as taken:
        for headers, make in BODIES.values():
            clients = [Client(lone.url) for _ in range(AT_ONCE)]
            sent = [pool.submit(refused, client, headers, make()) for client in clients]
            assert {each.result() for each in sent} <= {413, HUNG_UP}
        announced = LINE | {"Content-Length": str(50 * MIB), "Origin": lone.url}
        told = Client(lone.url).ask("POST", "/auth/login", b"x", announced)
        most = taken()
    assert (told.status, told.seconds < WITHIN_SECONDS) == (413, True)
    assert most < MOST_MORE_BYTES
    assert Client(lone.url).get("/").status == 200


def mains(stage: Stage) -> list[int]:
    """The main processes of gunicorn and nginx."""
    return [stage.manager.pid(), int((stage.server.folder / "nginx.pid").read_text())]


def refused(client: Client, headers: dict[str, str], body: Body) -> int:
    """The status, or HUNG_UP where the server did not hear out who went on sending."""
    try:
        answer = client.ask("POST", "/auth/login", body, headers | {"Origin": client.url})
    except (OSError, HTTPException):
        return HUNG_UP
    assert answer.seconds < SENT_WITHIN_SECONDS
    assert answer.waited < WITHIN_SECONDS
    return answer.status
