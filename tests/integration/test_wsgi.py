"""The shipped gunicorn refuses wrong settings and ends, with the whole list."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.postbox import free_port

PROJECT = Path(__file__).parents[2]


@pytest.mark.slow
def test_gunicorn_ends_with_every_setting_that_is_wrong(tmp_path: Path) -> None:
    # Set by hand, even to nothing, they win over a `.env` in the working copy.
    wrong = {"SECRET_KEY": "dev", "BLUELOG_URL": "nowhere", "MAIL_SERVER": "", "BLUELOG_EMAIL": ""}
    places = {"BLUELOG_DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    command = [sys.executable, "-m", "gunicorn", "wsgi:app", "--workers=2", "--no-control-socket"]
    done = subprocess.run(
        [*command, f"--bind=127.0.0.1:{free_port()}"],
        cwd=PROJECT,
        env={"PATH": os.environ["PATH"]} | wrong | places,
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "- SECRET_KEY is" in done.stderr
    assert "- BLUELOG_URL must be" in done.stderr
