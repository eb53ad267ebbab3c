"""Requests that take long, under way while something is done to whoever answers them."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

from tests.deploy.acts import comment_form
from tests.deploy.asking import Answer, Client
from tests.deploy.conftest import Stage
from tests.deploy.test_locked import locked
from tests.pictures import photograph

LOCKED_SECONDS = 4
UPLOAD_SECONDS = 5
_HEAD = b'--x\r\nContent-Disposition: form-data; name="upload"; filename="light.png"\r\n\r\n'
_PIECES = 20


def meanwhile(
    stage: Stage, path: str, people: tuple[Client, Client], words: str, act: Callable[[], object]
) -> int:
    """Do that while a comment waits for the database and a picture is on its way.

    The comment arrives; what became of the picture, which nginx hands on when it has all of it.
    """
    ada, reader = people
    form = comment_form(reader, path, words)
    token = ada.get("/admin/posts/new").field("csrf_token")
    with ThreadPoolExecutor(2) as pool, locked(stage) as holder:
        release = Timer(LOCKED_SECONDS, holder.rollback)
        said = pool.submit(reader.post, path, form)
        sent = pool.submit(send_slowly, ada, token)
        release.start()
        time.sleep(1)  # until the comment is with the app, and waits there
        act()
        release.join()
        answer, picture = said.result(), sent.result()
    assert answer.status == 303, answer.text
    assert answer.seconds > LOCKED_SECONDS - 1
    assert picture.seconds > UPLOAD_SECONDS - 1
    return picture.status


def send_slowly(ada: Client, token: str) -> Answer:
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-CSRFToken": token}
    headers |= {"Accept": "application/json", "Origin": ada.url}
    body = _HEAD + photograph(640, 400) + b"\r\n--x--\r\n"
    return ada.ask("POST", "/admin/upload", pieces(body), headers)


def pieces(body: bytes) -> Iterator[bytes]:
    size = len(body) // _PIECES + 1
    for begin in range(0, len(body), size):
        time.sleep(UPLOAD_SECONDS / _PIECES)
        yield body[begin : begin + size]
