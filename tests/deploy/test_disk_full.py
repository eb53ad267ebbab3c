"""A disk without room: nothing is half kept, reading goes on, and room heals it."""

import os
import random
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from tests.conftest import Databases
from tests.deploy.acts import ada_of, comment_form, post_form, publish, set_up
from tests.deploy.asking import Answer, Client
from tests.e2e.stage import Blog, running_blog
from tests.pictures import photograph
from tests.postbox import Postbox

pytestmark = [
    pytest.mark.deploy,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk"),
]

DISK_BYTES = 8 * 1024**2


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    folder.mkdir()
    options = f"size={DISK_BYTES}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk") as disk:
        yield disk


@pytest.fixture
def blog(databases: Databases, disk: Path, tmp_path: Path, letters: Postbox) -> Iterator[Blog]:
    """A blog whose data and log are on the small disk."""
    url = databases.copy(disk)
    places = {"BLUELOG_DATA_DIR": str(disk), "BLUELOG_LOGGING_PATH": str(disk / "bluelog.log")}
    with running_blog(tmp_path, url, letters.port, **places) as running:
        set_up(running)
        yield running


def test_nothing_is_half_kept_and_room_heals_it(blog: Blog, disk: Path, letters: Postbox) -> None:
    ada, greta = ada_of(blog), Client(blog.url)
    path = publish(ada, "A light")
    form, post = comment_form(greta, path, "I saw it too."), post_form(ada, "Two lights", "Two.")
    token, new = post["csrf_token"], "/admin/posts/new/publication"

    def write() -> list[Answer]:
        picture = send_picture(ada, token, photograph(640, 400))
        return [greta.post(path, form), ada.post(new, post), picture]

    with filled(disk, left=0):
        for _ in range(10):
            assert all(map(is_told, write()))
            assert [who.get(path).status for who in (ada, greta)] == [200, 200]
            assert greta.get("/").status == 200
    assert lines(blog.log, "The disk is full") == 30, "one line for each, though not in the file"
    assert [answer.status for answer in write()] == [303, 303, 200]
    originals = [file for file in kept_pictures(disk) if "-" not in file.name]
    assert len(originals) == 1, "and nothing half; the worker may have made its sizes by now"
    assert is_whole(blog)
    assert len(letters.wait_for(2)) == 2, "the error, once, and the comment to be approved"


def test_a_picture_that_does_not_fit_leaves_nothing_behind(blog: Blog, disk: Path) -> None:
    ada = ada_of(blog)
    token = ada.get("/admin/posts/new").field("csrf_token")
    picture = noise(900)
    with filled(disk, left=len(picture) // 2):
        answer = send_picture(ada, token, picture)
        assert (answer.status, "cannot be stored right now" in answer.text) == (503, True)
        assert kept_pictures(disk) == []
    assert send_picture(ada, token, picture).status == 200
    assert [file.stat().st_size > len(picture) // 2 for file in kept_pictures(disk)][:1] == [True]


def test_a_full_disk_is_told_and_everything_typed_comes_back(blog: Blog, disk: Path) -> None:
    ada = ada_of(blog)
    post = post_form(ada, "Two lights", 'One "here" & one <there>.')
    with filled(disk, left=0):
        answer = ada.post("/admin/posts/new/publication", post)
    assert is_told(answer)
    typed = {name: answer.field(name) for name in post}
    assert typed | {"csrf_token": post["csrf_token"]} == post
    assert ada.post("/admin/posts/new/publication", typed).status == 303


@contextmanager
def filled(disk: Path, *, left: int) -> Iterator[None]:
    """Take every byte but those left; give them back at the end."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while file.write(bytes(4096)):
                pass
        os.ftruncate(file.fileno(), file.tell() - left)
    assert shutil.disk_usage(disk).free <= left + 4096
    yield
    filler.unlink()


def is_told(answer: Answer) -> bool:
    return (answer.status, answer.headers["Retry-After"]) == (507, "60") and (
        "The disk of this blog is full" in answer.text
    )


def send_picture(ada: Client, token: str, picture: bytes) -> Answer:
    head = b'--x\r\nContent-Disposition: form-data; name="upload"; filename="light.png"\r\n\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-CSRFToken": token}
    headers["Accept"] = "application/json"
    return ada.ask("POST", "/admin/upload", head + picture + b"\r\n--x--\r\n", headers)


def noise(side: int) -> bytes:
    """A picture that no format makes small."""
    kept = BytesIO()
    Image.frombytes("L", (side, side), random.Random(7).randbytes(side * side)).save(kept, "PNG")
    return kept.getvalue()


def kept_pictures(disk: Path) -> list[Path]:
    """The files of uploads, half ones among them."""
    return list((disk / "uploads").glob("*")) + list((disk / "uploads").glob(".*"))


def lines(log: Path, words: str) -> int:
    return sum(words in line for line in log.read_text().splitlines())


def is_whole(blog: Blog) -> bool:
    path = blog.environment["DATABASE_URL"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
