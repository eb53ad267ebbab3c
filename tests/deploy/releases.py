"""Commits that come after the one that is installed: one that is well, and some that are not."""

import hashlib
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

_MIGRATION = '''\
"""What a test adds."""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade():
    {body}


def downgrade():
    raise NotImplementedError
'''
# Whether this is the real thing: the rehearsal works on a database of another name.
_IS_REAL = '"rehearsal" not in op.get_bind().engine.url.database'


@dataclass(frozen=True)
class Change:
    """What a commit brings: migrations, one after the other, and lines at the end of a module."""

    mark: str
    migrations: tuple[str, ...] = ()
    module: str = ""
    lines: str = ""


WELL = Change(
    "an upgraded lantern",
    ('op.create_table("upgraded", sa.Column("id", sa.Integer, primary_key=True))',),
    "bluelog/templates/blog/colophon.html",
    "<p>an upgraded lantern</p>\n",
)
BREAKS_AT_ONCE = Change(
    "this migration breaks wherever it runs",
    ('raise RuntimeError("this migration breaks wherever it runs")',),
)
BREAKS_AFTER_A_LOSS = Change(
    "this migration breaks where it counts",
    (
        "op.execute(\"UPDATE post SET html = 'lost', title = 'lost'\")",
        f'if {_IS_REAL}: raise RuntimeError("this migration breaks where it counts")',
    ),
)
LASTS_WHERE_IT_COUNTS = Change(
    "this migration lasts until the machine is switched off",
    (
        "op.execute(\"UPDATE post SET html = 'lost', title = 'lost'\")",
        f"if {_IS_REAL}: import time; time.sleep(3600)",
    ),
)
IS_ILL_WHERE_IT_COUNTS = Change(
    "/ answers 500",
    ("op.execute(\"UPDATE post SET html = 'lost', title = 'lost'\")",),
    "bluelog/blueprints/blog/lists.py",
    """

from flask import current_app  # noqa: E402


@bp.before_request
def fall_ill() -> None:
    if "rehearsal" not in current_app.config["SQLALCHEMY_DATABASE_URI"]:
        raise RuntimeError
""",
)
WORKER_DIES = Change(
    "the worker dies at once",
    module="bluelog/cli/worker.py",
    lines="""

def _die() -> None:
    raise RuntimeError("the worker dies at once")


worker.callback = _die
""",
)


def commit(source: Path, project: Path, change: Change) -> str:
    """Put a change on the main branch of `source`, right after the project's commit; its id."""
    base = _git(project, "rev-parse", "HEAD")
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder) / "work"
        _git(source, "worktree", "add", "--quiet", "--detach", str(work), base)
        try:
            _apply(work, change)
            _git(work, "add", "--all")
            _git(work, "commit", "--quiet", "--message", change.mark)
            made = _git(work, "rev-parse", "HEAD")
        finally:
            _git(source, "worktree", "remove", "--force", str(work))
    _git(source, "update-ref", _git(source, "symbolic-ref", "HEAD"), made)
    return made


def _apply(work: Path, change: Change) -> None:
    config = Config()
    config.set_main_option("script_location", str(work / "migrations"))
    before = ScriptDirectory.from_config(config).get_current_head()
    for number, body in enumerate(change.migrations):
        revision = f"{hashlib.sha256(change.mark.encode()).hexdigest()[:8]}_{number}"
        text = _MIGRATION.format(revision=revision, before=before, body=body)
        (work / "migrations/versions" / f"{revision}.py").write_text(text, "utf-8")
        before = revision
    if change.module:
        with (work / change.module).open("a", encoding="utf-8") as file:
            file.write(change.lines)


def _git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "safe.directory=*"]
    command = ["git", *who, "-C", str(folder), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
