"""A web process loads what readers' pages need, and no more until it is used."""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bluelog.cli import COMMANDS
from bluelog.extensions import db
from tests.addresses import MACHINES, PAGES, UNKEPT
from tests.databases import POSTGRES, Databases
from tests.stage import staged

ROOT = Path(__file__).parents[2]

# What each is for; none of it is needed to show a reader a page.
HEAVY = {
    "alembic": "migrations",
    "mako": "Alembic's templates",
    "flask_migrate": "migrations",
    "PIL": "pictures that are uploaded",
    "pygments": "code in a post that is saved",
    "markdown_it": "Markdown that is saved",
    "mdit_py_plugins": "Markdown that is saved",
    "latex2mathml": "formulas that are saved",
    "pypinyin": "slugs of Chinese titles that are saved",
    "faker": "invented content",
    "boto3": "a bucket for uploads, where one is set",
    "redis": "a Redis server, where one is set",
    "huey": "ringing for the worker",
    "unittest": "tests",
    "pytest": "tests",
}
ASKED = [*PAGES, *MACHINES, *UNKEPT, "/auth/login"]
COMMENTED = "/post/{bobs_published_slug}"
Loaded = tuple[list[str], list[str], list[str]]
SCRIPT = """
import json, re, sys
from bluelog import create_app
from bluelog.settings import TestingConfig
from bluelog.web.warm import warm

settings, pages, post = json.loads(sys.stdin.read())
app = create_app(TestingConfig(settings))
warm(app)
at_start = sorted(sys.modules)
client = app.test_client()
codes = [client.get(page).status_code for page in pages]
read = sorted(sys.modules)
stamp = re.search('name="stamp"[^>]*value="([^"]*)"', client.get(post).text)[1]
said = {"author": "Gus", "email": "gus@example.org", "body": "Well said", "stamp": stamp}
sent = client.post(post, data=said, headers={"Origin": "http://localhost"})
told = [sent.status_code, sent.location]
print(json.dumps([at_start, read, sorted(sys.modules), codes, told]))
"""


@pytest.fixture(scope="module")
def loaded(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """The modules of a web process when it has begun, when every page kind was asked for, and when
    a guest has said something.
    """
    folder = tmp_path_factory.mktemp("light")
    with staged(databases, folder) as stage:
        with stage.app.app_context():
            url = db.engine.url.render_as_string(hide_password=False)
        settings = {
            "DATABASE_URL": url,
            "BLUELOG_DATA_DIR": str(folder),
            "BLUELOG_URL": "http://localhost",
        }
        command = [sys.executable, "-c", SCRIPT]
        clean = {"PATH": os.environ["PATH"], "HOME": str(folder)}
        pages = [stage.url(path) for path in ASKED]
        told = json.dumps([settings, pages, stage.url(COMMENTED)])
        done = subprocess.run(
            command, input=told, env=clean, cwd=ROOT, text=True, capture_output=True, check=True
        )
    at_start, read, said, codes, (status, where) = json.loads(done.stdout)
    assert set(codes[: -len(UNKEPT) - 1]) == {codes[-1]} == {200}
    assert set(codes) <= {200, 302, 404}
    assert (status, "notice=comment-pending" in where) == (303, True)
    return at_start, read, said


@pytest.mark.parametrize("name", HEAVY)
def test_what_is_heavy_is_not_loaded_before_it_is_used(loaded: Loaded, name: str) -> None:
    for modules in loaded:
        assert not [module for module in modules if module.partition(".")[0] == name]


def test_the_commands_that_migrate_are_there_all_the_same(tmp_path: Path) -> None:
    settings = {"FLASK_APP": "bluelog", "FLASK_CONFIG": "testing", "PATH": os.environ["PATH"]}
    settings |= {"DATABASE_URL": f"sqlite:///{tmp_path}/a.db", "BLUELOG_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "flask", "db"]
    for words in ("upgrade", "current"):
        done = subprocess.run(
            [*command, words], env=settings, cwd=ROOT, text=True, capture_output=True, check=True
        )
    assert "(head)" in done.stdout


def test_no_command_of_operators_is_loaded(loaded: Loaded) -> None:
    commands = {f"bluelog.cli.{module}" for module, _ in COMMANDS.values()}
    assert [commands & set(modules) for modules in loaded] == [set(), set(), set()]


def test_every_command_is_found_by_its_name() -> None:
    found = {}
    for path in (ROOT / "bluelog/cli").glob("*.py"):
        if path.stem == "refused":
            continue  # it shows the doctor too
        module = importlib.import_module(f"bluelog.cli.{path.stem}")
        commands = {key: one for key, one in vars(module).items() if isinstance(one, click.Command)}
        groups = [one for one in commands.values() if isinstance(one, click.Group)]
        inner = [one for group in groups for one in group.commands.values()]
        found |= {c.name: (path.stem, key) for key, c in commands.items() if c not in inner}
    assert found == COMMANDS


def test_the_large_dialect_is_loaded_for_its_database_alone(
    loaded: Loaded,
) -> None:
    # That of SQLite is loaded everywhere: an index of ours names it.
    assert ("sqlalchemy.dialects.postgresql" in loaded[1]) == bool(POSTGRES)


def test_a_driver_is_loaded_for_the_database_that_is_used(
    loaded: Loaded,
) -> None:
    has_driver = any(module.partition(".")[0] == "psycopg" for module in loaded[1])
    assert has_driver == bool(POSTGRES)


def test_a_reader_makes_the_process_load_next_to_nothing(
    loaded: Loaded,
) -> None:
    at_start, after, _said = loaded
    assert len(after) - len(at_start) < 60
