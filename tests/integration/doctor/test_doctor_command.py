"""`flask doctor` as an operator or a monitor runs it, also where the blog does not start."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from bluelog.clock import now
from bluelog.extensions import db
from bluelog.jobs.due import show_life
from bluelog.operations.backup.record import Outcome, keep
from bluelog.operations.doctor import CHECKS
from tests.architecture.sources import PROJECT
from tests.databases import POSTGRES
from tests.postbox import Postbox

KEY = "4d1f0cb2a9e84c6f9b0e7a5d3c2f1e0b"


def flask(*words: str, folder: Path, **changes: str) -> Any:
    """Run a command of production's settings in a process of its own."""
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("BLUELOG_", "MAIL_"))},
        "FLASK_APP": "bluelog",
        "FLASK_CONFIG": "production",
        "SECRET_KEY": KEY,
        "DATABASE_URL": f"sqlite:///{folder}/blog.db",
        "BLUELOG_URL": "http://127.0.0.1:9",
        "BLUELOG_FORCE_HTTPS": "off",
        "BLUELOG_DATA_DIR": str(folder),
        "BLUELOG_LOGGING_PATH": str(folder / "logs" / "bluelog.log"),
    } | changes
    return subprocess.run(
        [sys.executable, "-m", "flask", *words],
        env=environ,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )


def found(result: Any) -> dict[str, list[dict[str, str]]]:
    """The findings of `--json` by the name of their check."""
    by_name: dict[str, list[dict[str, str]]] = {}
    for finding in json.loads(result.stdout)["findings"]:
        by_name.setdefault(finding["check"], []).append(finding)
    return by_name


@pytest.fixture
def well(context: Flask) -> Flask:
    """A blog with nothing to complain about."""
    context.config.update(SECRET_KEY=KEY, BLUELOG_URL=None)
    show_life(now())
    db.session.remove()
    keep(context.config["BLUELOG_DATA_DIR"] / "backups", Outcome(now(), "a.tar", 1, True, ""))
    return context


def test_a_blog_that_is_well_ends_it_with_0(well: Flask) -> None:
    result = well.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 0, result.output
    assert result.output.endswith("All is fine.\n")


def test_a_warning_ends_it_with_1_and_a_failure_with_2(well: Flask) -> None:
    well.config["SECRET_KEY"] = KEY[:20]
    result = well.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert result.output.endswith("Failures: 0, warnings: 1.\n")
    well.config["SECRET_KEY"] = "secret"
    result = well.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 2
    assert result.output.rstrip().endswith("Failures: 1, warnings: 0.")
    # What is worst stands last, where a terminal shows it.
    assert "flask secret" in result.output.rstrip().splitlines()[-3]


def test_a_monitor_gets_every_finding_and_their_worst(well: Flask) -> None:
    result = well.test_cli_runner().invoke(args=["doctor", "--json"])
    report = json.loads(result.stdout)
    assert report["level"] == "fine"
    assert {f["check"] for f in report["findings"]} <= {check.name for check in CHECKS}
    assert {tuple(f) for f in report["findings"]} == {
        ("check", "level", "words", "advice", "command")
    }


def test_one_check_can_be_asked_for(well: Flask) -> None:
    runner = well.test_cli_runner()
    result = runner.invoke(args=["doctor", "--json", "--only", "worker", "--only", "disk"])
    assert [f["check"] for f in json.loads(result.stdout)["findings"]] == ["worker", "disk"]
    assert "There is no check liver" in runner.invoke(args=["doctor", "--only", "liver"]).output


def test_it_comes_to_a_blog_whose_settings_are_wrong_and_names_each(tmp_path: Path) -> None:
    wrong = {"SECRET_KEY": "barley-soup", "MAIL_PORT": "many", "BLUELOG_PROXY_COUT": "1"}
    result = flask("doctor", "--json", folder=tmp_path, **wrong)
    assert result.returncode == 2, result.stderr
    by_name = found(result)
    said = " ".join(finding["words"] for finding in by_name["settings"])
    assert all(name in said for name in wrong)
    assert "barley-soup" not in result.stdout + result.stderr
    assert by_name["mail-server"][0]["words"].startswith("Not looked at")
    assert by_name["folders"][0]["level"] == "fine"
    assert "no database" in by_name["database"][0]["words"]
    assert list(tmp_path.iterdir()) == []


def test_it_comes_where_not_even_the_configuration_is_known(tmp_path: Path) -> None:
    result = flask("doctor", "--json", folder=tmp_path, FLASK_CONFIG="prodution")
    assert result.returncode == 2, result.stderr
    assert "'prodution'" in found(result)["settings"][0]["words"]
    assert list(tmp_path.iterdir()) == []


def test_a_test_message_is_sent_even_while_another_setting_is_wrong(tmp_path: Path) -> None:
    with Postbox() as box:
        mail = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(box.port)}
        wishes = {"BLUELOG_EMAIL": "ada@example.com", "BLUELOG_DEFAULT_LANGUAGE": "zh-Hans"}
        words = ("doctor", "--mail", "--only", "settings", "--json")
        result = flask(*words, folder=tmp_path, BLUELOG_PROXY_COUNT="x", **mail, **wishes)
        assert [message["To"] for message in box.messages] == ["ada@example.com"]
        assert "127.0.0.1" in box.messages[0]["Subject"]
    assert found(result)["test-mail"][0]["words"].endswith("was taken: 250 OK")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", [["worker"], ["run"], ["db", "upgrade"]])
def test_every_other_command_is_refused_as_before(tmp_path: Path, command: list[str]) -> None:
    result = flask(*command, folder=tmp_path, MAIL_PORT="many")
    assert result.returncode == 1
    assert "Bluelog cannot start with these settings:\n- MAIL_PORT must be" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_it_comes_where_the_blog_may_not_write(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "data"
    result = flask("doctor", "--json", folder=folder)
    assert result.returncode == 2, result.stderr
    by_name = found(result)
    assert "does not start" in by_name["settings"][0]["words"]
    assert {finding["level"] for finding in by_name["folders"]} == {"failure"}
    assert str(folder) in by_name["folders"][0]["command"]
    assert flask("worker", folder=folder).returncode == 1


@pytest.mark.skipif(bool(POSTGRES), reason="one server of a database is enough")
def test_a_database_server_that_is_away_is_told_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://blog:open-barley@127.0.0.1:9/blog"
    result = flask("doctor", "--json", folder=tmp_path, DATABASE_URL=url)
    by_name = found(result)
    assert by_name["database"][0]["level"] == "failure"
    assert by_name["worker"][0]["words"].startswith("Not looked at")
    assert "open-barley" not in result.stdout + result.stderr
