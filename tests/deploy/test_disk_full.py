"""A disk without room: nothing is half kept, reading goes on, and room heals it.

Everything is on that disk: data, logs, and the folders of nginx. Only what /run holds is in memory.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.deploy.acts import comment_form, post_form, publish, set_up
from tests.deploy.asking import Answer, Client
from tests.deploy.conftest import MANAGERS, Stage, running
from tests.pictures import photograph
from tests.postbox import wait_until

pytestmark = [
    pytest.mark.deploy,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk"),
]

DISK_BYTES = 64 * 1024**2
MEMORY_BYTES = 16 * 1024**2
# More than nginx holds of a form in memory.
LONG = random.Random(7).randbytes(40_000).hex(" ", 8)
NEW = "/admin/posts/new/publication"


@contextmanager
def mounted(folder: Path, size: int) -> Iterator[None]:
    options = f"size={size},mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """The server's disk, its /run, and what the process manager keeps in a journal elsewhere."""
    with mounted(folder, DISK_BYTES):
        memory = folder / "memory"
        memory.mkdir()
        with mounted(memory, MEMORY_BYTES):
            (folder / "web.log").symlink_to(memory / "web.log")
            (folder / "worker.log").symlink_to(memory / "worker.log")
            yield


@pytest.fixture(params=list(MANAGERS))
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A server whose blog ada has set up, on a small disk."""
    with running(request.param, small_disk) as stage:
        set_up(stage.server)
        yield stage


def test_nothing_is_half_kept_and_room_heals_it(stage: Stage) -> None:
    ada, greta = stage.ada(), stage.client(2)
    path = publish(ada, "A light")
    form, post = comment_form(greta, path, "I saw it too."), post_form(ada, "Two lights", "Two.")
    token, long = post["csrf_token"], post_form(ada, "A long light", LONG)
    picture = photograph(640, 400)

    with filled(stage, left=0):
        for _ in range(10):
            assert all(map(is_told, [greta.post(path, form), ada.post(NEW, post)]))
            assert is_told_by_nginx(ada.post(NEW, long))
            assert [who.get(path).status for who in (ada, greta)] == [200, 200]
            assert greta.get("/").status == 200
        assert is_refused(send_picture(ada, token, picture))
    log = stage.manager.log() + (stage.server.site.app_logs / "bluelog.log").read_text()
    # Supervisor's own logs lie on the full disk: what of them has room there is told.
    told = 20 if stage.name == "systemd" else 1
    assert log.count("The disk is full") >= told, "beside the file, once that is full too"
    answers = [greta.post(path, form), ada.post(NEW, post), send_picture(ada, token, picture)]
    assert [answer.status for answer in [*answers, ada.post(NEW, long)]] == [303, 303, 200, 303]
    originals = [file for file in kept_pictures(stage) if "-" not in file.name]
    assert len(originals) == 1, "and nothing half; the worker may have made its sizes by now"
    assert half_files(stage) == []
    assert is_whole(stage)
    letters = stage.letters.messages
    wait_until(lambda: any("Application Error" not in letter["Subject"] for letter in letters))
    errors = [letter for letter in letters if "Application Error" in letter["Subject"]]
    assert 1 <= len(errors) <= 3, "once by each process that met it"
    assert len(letters) - len(errors) == 1, "and the comment to be approved"


def test_readers_get_the_page_as_it_is_now(stage: Stage) -> None:
    ada, reader = stage.ada(), stage.client(3)
    path = publish(ada, "A light", LONG)
    assert "Two lights" not in reader.get("/").text
    fresh = publish(ada, "Two lights")
    with filled(stage, left=0):
        wait_until(lambda: "Two lights" in reader.get("/").text, 3)
        for _ in range(20):
            pages = [reader.get(address) for address in ("/", path, fresh, "/links")]
            assert [page.status for page in pages] == [200] * 4
            assert "Two lights" in pages[0].text
            assert LONG in pages[1].text
    with filled(stage, left=8192):
        time.sleep(1)
        assert LONG in reader.get(path).text, "with room for half a page"
    kept = reader.get(fresh)
    stage.manager.stop()
    older = reader.get(fresh)
    assert (older.status, older.body) == (200, kept.body), "with room it was written down again"
    stage.manager.start()


def test_a_picture_that_does_not_fit_leaves_nothing_behind(stage: Stage) -> None:
    ada = stage.ada()
    token = ada.get("/admin/posts/new").field("csrf_token")
    picture = noise(900)
    with filled(stage, left=len(picture) // 2):
        assert is_told_by_nginx(send_picture(ada, token, picture))
    with filled(stage, left=len(picture) * 3 // 2):
        # nginx has room for it, and then the app has not.
        answer = send_picture(ada, token, picture)
        assert (answer.status, "cannot be stored right now" in answer.text) == (503, True)
    assert kept_pictures(stage) == []
    assert half_files(stage) == []
    assert send_picture(ada, token, picture).status == 200
    assert [file.stat().st_size > len(picture) // 2 for file in kept_pictures(stage)][:1] == [True]


def test_a_full_disk_is_told_and_everything_typed_comes_back(stage: Stage) -> None:
    ada = stage.ada()
    post = post_form(ada, "Two lights", 'One "here" & one <there>.')
    with filled(stage, left=0):
        answer = ada.post(NEW, post)
    assert is_told(answer)
    typed = {name: answer.field(name) for name in post}
    assert typed | {"csrf_token": post["csrf_token"]} == post
    assert ada.post(NEW, typed).status == 303


@contextmanager
def filled(stage: Stage, *, left: int) -> Iterator[None]:
    """Take every byte but those left; give them back at the end."""
    filler = stage.server.folder / "filler"
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(bytes(4096)):
                pass
        os.ftruncate(file.fileno(), file.tell() - left)
    assert shutil.disk_usage(filler.parent).free <= left + 4096
    yield
    filler.unlink()


def is_told(answer: Answer) -> bool:
    """By the app, which gives back what was typed."""
    return (answer.status, answer.headers["Retry-After"]) == (507, "60") and (
        "The disk of this blog is full" in answer.text
    )


def is_told_by_nginx(answer: Answer) -> bool:
    """That has no room for what was sent, and does not know what it is."""
    return (answer.status, answer.headers["Retry-After"]) == (503, "30") and (
        "what you typed is still in the form" in answer.text
    )


def is_refused(answer: Answer) -> bool:
    return is_told(answer) or is_told_by_nginx(answer)


def send_picture(ada: Client, token: str, picture: bytes) -> Answer:
    head = b'--x\r\nContent-Disposition: form-data; name="upload"; filename="light.png"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-CSRFToken": token}
    headers |= {"Accept": "application/json", "Origin": ada.url}
    return ada.ask("POST", "/admin/upload", head + picture + b"\r\n--x--\r\n", headers)


def noise(side: int) -> bytes:
    """A picture that no format makes small."""
    kept = BytesIO()
    Image.frombytes("L", (side, side), random.Random(7).randbytes(side * side)).save(kept, "PNG")
    return kept.getvalue()


def kept_pictures(stage: Stage) -> list[Path]:
    """The files of uploads, half ones among them."""
    uploads = stage.server.site.uploads
    return list(uploads.glob("*")) + list(uploads.glob(".*"))


def half_files(stage: Stage) -> list[Path]:
    """What nginx began to write down and did not finish."""
    folder, cache = stage.server.folder, stage.server.site.cache
    bodies = [path for path in (folder / "client_body").rglob("*") if path.is_file()]
    return bodies + [path for path in cache.rglob("*.*") if path.is_file()]


def is_whole(stage: Stage) -> bool:
    with closing(sqlite3.connect(stage.server.database)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
