"""Requests far too large: refused at once, and at no great cost."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.deploy.asking import Body, Client
from tests.deploy.conftest import Stage
from tests.deploy.managers import workers_of
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
    before, main = pss_bytes(stage.manager.pid()), stage.manager.pid()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(
            pool.map(lambda n: refused(stage.client(70 + n), headers, make()), range(AT_ONCE))
        )
    assert set(answers) == {413}
    record_property("more_bytes", pss_bytes(main) - before)
    assert pss_bytes(main) - before < MOST_MORE_BYTES
    assert stage.client().get("/").seconds < 1


def test_a_length_too_large_is_refused_before_the_body_is_sent(stage: Stage) -> None:
    announced = {"Content-Length": str(50 * MIB)}
    for _ in range(AT_ONCE):
        answer = stage.client(78).ask("POST", "/auth/login", b"x", announced)
        assert (answer.status, "This is too large" in answer.text) == (413, True)
        assert answer.seconds < 1


@pytest.mark.parametrize("name", HEADS)
def test_a_head_too_large_is_refused_at_once(stage: Stage, name: str) -> None:
    before = pss_bytes(stage.manager.pid())
    for _ in range(AT_ONCE):
        answer = stage.client(71).ask("GET", f"/?notice={len(name)}", headers=HEADS[name])
        assert 400 <= answer.status < 500
        assert answer.seconds < WITHIN_SECONDS
    assert pss_bytes(stage.manager.pid()) - before < MOST_MORE_BYTES


def test_gunicorn_alone_bears_it_too(lone: Blog) -> None:
    assert lone.server
    before = pss_bytes(lone.server.pid)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for headers, make in BODIES.values():
            clients = [Client(lone.url) for _ in range(AT_ONCE)]
            sent = [pool.submit(refused, client, headers, make()) for client in clients]
            assert {each.result() for each in sent} <= {413, HUNG_UP}
    assert pss_bytes(lone.server.pid) - before < MOST_MORE_BYTES
    assert Client(lone.url).get("/").status == 200


def refused(client: Client, headers: dict[str, str], body: Body) -> int:
    """The status, or HUNG_UP where the server did not hear out who went on sending."""
    try:
        answer = client.ask("POST", "/auth/login", body, headers | {"Origin": client.url})
    except (OSError, HTTPException):
        return HUNG_UP
    assert answer.seconds < SENT_WITHIN_SECONDS
    return answer.status


def pss_bytes(main: int) -> int:
    """The memory of gunicorn and its workers, what they share counted once."""
    found = 0
    for pid in (main, *workers_of(main)):
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        kilobytes = re.search(r"^Pss:\s+(\d+)", text, re.MULTILINE)
        found += int(kilobytes[1]) * 1024 if kilobytes else 0
    return found
