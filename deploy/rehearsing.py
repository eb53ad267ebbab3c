"""A new release tried out on a copy of the data, while the old one goes on serving.

The copy sends no mail, rings no shared bell and touches no stored picture.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from deploy.aside import database_of
from deploy.choices import USER
from deploy.data import archive_database, postgres_address, psql
from deploy.fill import Site
from deploy.hand import Failed, run_as, tied
from deploy.health import smoke, wait_until_ready
from deploy.releases import blog_env, flask, python_of
from deploy.rights import acting_as

_READY_SECONDS = 60
_STOP_SECONDS = 40
_DATABASE = "bluelog_rehearsal"


def rehearse(new: Path, old: Path, site: Site, settings: Mapping[str, str]) -> list[str]:
    """Migrate a copy with the new release and open pages on it; which. Raises Failed."""
    folder = site.data / "rehearsal"
    _clear(folder)
    try:
        with _database_url(folder, settings) as url:
            env = _env(folder, url, settings)
            archive = archive_database(old, folder / "archive")
            flask(old, "restore", str(archive), "--yes", "--as-it-was", user=USER, env=env)
            flask(new, "db", "upgrade", user=USER, env=env)
            database_of(new, site, env).forget_worker()  # the copy has the word of the live one
            return _tried(new, folder, site, env)
    finally:
        _remove(folder)


def _clear(folder: Path) -> None:
    _remove(folder)
    with acting_as(USER):
        folder.mkdir(0o700)


def _remove(folder: Path) -> None:
    with acting_as(USER):
        if folder.is_symlink():
            folder.unlink()
        shutil.rmtree(folder, ignore_errors=True)


def _env(folder: Path, url: str, settings: Mapping[str, str]) -> dict[str, str]:
    shared = {name for name in settings if name.startswith("S3_")} | {"REDIS_URL", "MAIL_SERVER"}
    return {
        **dict.fromkeys(shared, ""),
        "BLUELOG_DATA_DIR": str(folder / "data"),
        "BLUELOG_UPLOAD_PATH": str(folder / "uploads"),
        "DATABASE_URL": url,
        "WEB_CONCURRENCY": "1",
    }


@contextmanager
def _database_url(folder: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """A database for the copy, of the same kind as the blog's."""
    live = settings.get("DATABASE_URL", "")
    if not live.startswith("postgres"):
        yield f"sqlite:///{folder / 'rehearsal.db'}"
        return
    server = postgres_address(live)
    _drop(server)
    try:
        psql(server, f'CREATE DATABASE "{_DATABASE}"')
    except Failed as error:
        advice = "Let the blog's role make one: ALTER ROLE ... CREATEDB"
        raise Failed(f"No database for the rehearsal. {advice}\n{error}") from error
    try:
        path, mark, options = server.partition("?")
        yield f"{path.rpartition('/')[0]}/{_DATABASE}{mark}{options}"
    finally:
        _drop(server)


def _drop(server: str) -> None:
    """With whoever is still there: an upgrade that was killed may have left some behind."""
    psql(server, f'DROP DATABASE IF EXISTS "{_DATABASE}" WITH (FORCE)')


def _tried(new: Path, folder: Path, site: Site, env: Mapping[str, str]) -> list[str]:
    door = folder / "web.sock"
    config = new / "deploy" / "gunicorn.conf.py"
    web = ["gunicorn", "--config", str(config), "--bind", f"unix:{door}"]
    with tempfile.TemporaryFile() as output:  # root's: the folder is the blog's
        stage = _Stage(new, output, {**blog_env(), **env})
        try:
            with stage.running(*web), stage.running("flask", "worker"):
                wait_until_ready(door, site.host, _READY_SECONDS)
                return smoke(door, site.host)
        except Failed as error:
            raise Failed(f"{error}\n\nIts own words:\n{stage.words()}") from error


@dataclass(frozen=True)
class _Stage:
    """Where the new release's processes run, and what they say."""

    release: Path
    output: IO[bytes]
    env: Mapping[str, str]

    @contextmanager
    def running(self, *words: str) -> Iterator[None]:
        """Raises Failed in the end where it has ended by itself."""
        process = subprocess.Popen(
            [*tied(USER), str(python_of(self.release)), "-m", *words],
            cwd=self.release,
            env={**os.environ, **self.env},
            stdin=subprocess.DEVNULL,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            **run_as(USER),
        )
        try:
            yield
            if process.poll() is not None:
                raise Failed(f"{' '.join(words)}\nended by itself with {process.returncode}.")
        finally:
            process.terminate()
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def words(self) -> str:
        self.output.seek(0)
        return self.output.read().decode("utf-8", "replace")[-4000:]
