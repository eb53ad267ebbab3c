"""Releases: each commit in a folder of its own with its own packages, behind one link.

`/opt/bluelog/current` leads to the release that runs. It is changed in one step, so that there is
always one and never half of one. Root owns all of it: the app cannot change its own code.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy import assets
from deploy.choices import SETTINGS
from deploy.hand import Failed, Hand, run, succeeds
from deploy.settings_file import categories, read_settings

HOME = Path("/opt/bluelog")
REPOSITORY = HOME / "repository"
RELEASES = HOME / "releases"
CURRENT = HOME / "current"
TOOLS = HOME / "tools"
_LINKS = {
    ".env": SETTINGS,
    "data": Path("/var/lib/bluelog"),
    "logs": Path("/var/log/bluelog"),
}
COMPLETE = ".complete"
_KEPT = 3


def current_release() -> Path | None:
    """The release that `current` leads to."""
    return CURRENT.resolve() if CURRENT.is_symlink() and CURRENT.exists() else None


def fetch(hand: Hand, source: str) -> None:
    """Have the repository say what its source says now."""
    if not REPOSITORY.is_dir():
        if hand.does(f"clones {source}"):
            _clone(source)
    elif not hand.is_dry:
        git("remote", "set-url", "origin", source)
        git("config", "remote.origin.fetch", _HEADS)
        with _trusting() as env:
            run([*_GIT, "fetch", "--quiet", "--tags", "--prune", "origin"], env=env)


def _clone(source: str) -> None:
    """Whole or not at all: half a repository would be taken for one by the next run."""
    draft = REPOSITORY.with_name(f".{REPOSITORY.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    with _trusting() as env:
        run(["git", "clone", "--quiet", "--bare", source, draft], env=env)
    run(["git", "--git-dir", draft, "config", "remote.origin.fetch", _HEADS])
    draft.rename(REPOSITORY)


def fetch_commit(hand: Hand, folder: Path, commit: str) -> None:
    """Take a commit, by its whole id, from a checkout that has it, where the source has not."""
    if hand.is_dry or find_commit(commit) == commit:
        return
    with _trusting() as env:
        run([*_GIT, "fetch", "--quiet", folder, f"{commit}:refs/installed/{commit}"], env=env)


def commit_of(name: str) -> str:
    """The whole id of a commit, branch or tag. Raises Failed."""
    found = find_commit(name)
    if found is None:
        raise Failed(f"{REPOSITORY} knows no commit, branch or tag {name!r}.")
    return found


def find_commit(name: str, folder: Path = REPOSITORY) -> str | None:
    """The whole id of a commit, by its beginning, a branch or a tag; None where it is unknown."""
    trust = f"safe.directory={folder}"
    ask: tuple[str | Path, ...] = ("git", "-c", trust, "-C", folder, "rev-parse")
    try:
        return run([*ask, "--verify", "--quiet", f"{name}^{{commit}}"]).strip()
    except Failed:
        return None


def git(*words: str) -> str:
    """Ask or tell the repository. Raises Failed."""
    return run([*_GIT, *words])


_GIT = ("git", "--git-dir", REPOSITORY)
_HEADS = "+refs/heads/*:refs/heads/*"


@contextmanager
def _trusting() -> Iterator[dict[str, str]]:
    """Let git read a source on this machine that belongs to somebody else, for one command."""
    with tempfile.NamedTemporaryFile("w", suffix=".gitconfig") as file:
        file.write("[safe]\n\tdirectory = *\n")
        file.flush()
        yield {"GIT_CONFIG_GLOBAL": file.name}


def build(hand: Hand, commit: str) -> Path:
    """Have a release of that commit, complete with packages, links and assets."""
    release = RELEASES / commit
    wanted = categories(read_settings(SETTINGS))
    complete = release / COMPLETE
    if complete.is_file() and complete.read_text("utf-8") == wanted:
        hand.same(str(release))
        return release
    if hand.does(f"builds {release} ({wanted})"):
        if not complete.exists() and release != current_release():
            shutil.rmtree(release, ignore_errors=True)  # what a build that was cut off left
        _check_out(commit, release)
        _sync(release, wanted)
        for name, target in _LINKS.items():
            _link(release / name, target)
        assets.lay_out(release)
        run([python_of(release), "-m", "compileall", "-q", "bluelog", "migrations"], cwd=release)
        complete.write_text(wanted, "utf-8")
    return release


def _link(path: Path, target: Path) -> None:
    """In the place of what git keeps there, such as the empty folder of a checkout's log."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _check_out(commit: str, release: Path) -> None:
    release.mkdir(parents=True, exist_ok=True)
    archive = release.with_suffix(".tar")
    git("archive", "--output", str(archive), commit)
    run(["tar", "--extract", "--no-same-owner", "--file", archive, "--directory", release])
    archive.unlink()


def _sync(release: Path, wanted: str) -> None:
    env = {
        "PIPENV_VENV_IN_PROJECT": "1",
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PIPENV_VERBOSITY": "-1",
        "PIPENV_DONT_LOAD_ENV": "1",
    }
    command: list[str | Path] = [_pipenv(), "sync", "--python", "/usr/bin/python3"]
    run([*command, "--categories", wanted], cwd=release, env=env)


def _pipenv() -> Path:
    """Pipenv in a place of its own: what the system has may be old, or not there."""
    pipenv = TOOLS / "bin" / "pipenv"
    if not succeeds(pipenv, "--version"):
        run(["/usr/bin/python3", "-m", "venv", "--clear", TOOLS])
        run([TOOLS / "bin" / "python", "-m", "pip", "install", "--quiet", "pipenv"])
    return pipenv


def python_of(release: Path) -> Path:
    """The Python that has a release's packages."""
    return release / ".venv" / "bin" / "python"


def switch(hand: Hand, release: Path) -> None:
    """Have `current` lead to that release."""
    hand.link(CURRENT, release)


def prune(hand: Hand, *kept: Path) -> None:
    """Remove all but the newest releases and those named."""
    by_age = sorted(RELEASES.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    for release in by_age[_KEPT:]:
        if release not in kept:
            hand.remove(release)


def flask(release: Path, *words: str, user: str, env: dict[str, str] | None = None) -> str:
    """Run a command of `flask` of a release as the blog's user; what it printed. Raises Failed."""
    return run(
        [python_of(release), "-m", "flask", *words],
        user=user,
        cwd=release,
        env={**blog_env(), **(env or {})},
    )


def blog_env() -> dict[str, str]:
    """What a command of the blog starts with, beside its settings."""
    return {
        "FLASK_APP": "bluelog",
        "FLASK_CONFIG": "production",
        "BLUELOG_LOGGING_PATH": "stream",  # what goes wrong is said here and now
        "HOME": "/var/lib/bluelog",
        "PYTHONDONTWRITEBYTECODE": "1",
        "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8"),
    }
