"""Files of pictures are made by a process of its own, and the worker stays small."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from bluelog.errors import RuleBroken
from bluelog.extensions import db
from bluelog.models import Upload
from bluelog.services import encoding, picture_formats, upload_formats, uploads
from tests.conftest import NOW
from tests.kept import address_of
from tests.pictures import encoded as file_of
from tests.pictures import keep, noise, opened, photograph

ROOT = Path(__file__).parents[2]
WORKER = """
import sys
from bluelog import create_app
from bluelog.clock import now
from bluelog.jobs.due import run_due
with create_app().app_context():
    run_due(now())
print(any(name.partition(".")[0] == "PIL" for name in sys.modules))
"""


def test_a_worker_that_made_pictures_has_no_codec_in_memory(
    site: Flask, cast: SimpleNamespace
) -> None:
    upload_id = keep(photograph(), cast.alice).id
    upload = db.session.get_one(Upload, upload_id)
    assert (upload.variants_at, upload.formats_at) == (None, None)
    db.session.rollback()
    settings = {"FLASK_CONFIG": "testing", "DATABASE_URL": address_of(site)}
    settings |= {"BLUELOG_DATA_DIR": str(site.config["BLUELOG_DATA_DIR"])}
    done = subprocess.run(
        [sys.executable, "-c", WORKER],
        env=settings | {"PATH": os.environ["PATH"]},
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=True,
    )
    assert done.stdout == "False\n"
    assert None not in (upload.variants_at, upload.formats_at)


def test_it_makes_the_same_as_in_one_process() -> None:
    data = file_of(noise(600, 400), "JPEG")
    assert picture_formats.made(data, 480) == encoding.made(data, 480)


def test_a_drawing_stays_exact() -> None:
    drawing = noise(300, 200).quantize(8)
    made = picture_formats.made(file_of(drawing, "PNG"), 300, "webp", is_drawing=True)
    assert opened(made).convert("RGB").tobytes() == drawing.convert("RGB").tobytes()


@pytest.mark.parametrize("data", [b"", b"nothing", file_of(noise(), "PNG")[:99]])
def test_what_cannot_be_read_is_damaged(data: bytes) -> None:
    with pytest.raises(RuleBroken, match="damaged"):
        picture_formats.made(data, 100, "avif")


def test_one_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stuck = tmp_path / "stuck.py"
    stuck.write_text("import time; time.sleep(600)")
    monkeypatch.setattr(encoding, "__file__", str(stuck))
    monkeypatch.setattr(encoding, "PATIENCE", 0.5)
    with pytest.raises(RuleBroken, match="damaged"):
        picture_formats.made(b"", 100)


def test_one_that_is_killed_for_its_size_is_not_tried_for_ever(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    large = tmp_path / "large.py"
    large.write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    monkeypatch.setattr(encoding, "__file__", str(large))
    with pytest.raises(RuleBroken, match="damaged"):
        picture_formats.made(b"", 100)


def test_no_picture_is_to_blame_for_a_process_that_cannot_begin(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cast: SimpleNamespace
) -> None:
    upload_id = keep(photograph(), cast.alice).id
    with monkeypatch.context() as release:
        release.setattr(sys, "executable", str(tmp_path / "gone"))
        for make in (uploads.make_variants, upload_formats.make_next):
            with pytest.raises(ChildProcessError):
                make(upload_id, NOW)
    for script in ("import no_such_module", "import os, signal; os.kill(os.getpid(), 15)"):
        (tmp_path / "other.py").write_text(script)
        with monkeypatch.context() as release:
            release.setattr(encoding, "__file__", str(tmp_path / "other.py"))
            with pytest.raises(ChildProcessError):
                uploads.make_variants(upload_id, NOW)
    assert uploads.make_variants(upload_id, NOW)
    assert upload_formats.make_next(upload_id, NOW)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_stops_the_worker_lets_it_end(number: int) -> None:
    command: Any = [sys.executable, "-I", encoding.__file__, "480"]
    pipe = subprocess.PIPE
    data = file_of(noise(600, 400), "JPEG")
    with subprocess.Popen(command, stdin=pipe, stdout=pipe) as process:
        assert process.stdin
        assert process.stdout
        # It has begun when it has taken what no pipe holds.
        process.stdin.write(data)
        process.stdin.flush()
        process.send_signal(number)
        process.stdin.close()
        assert opened(process.stdout.read()).size == (480, 320)
    assert process.returncode == 0
