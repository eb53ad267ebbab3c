"""The operators' guides: equal in both languages, and true of what is shipped."""

import re
import subprocess
from pathlib import Path

import click
import pytest
from flask import Flask
from flask_migrate.cli import db as migrate_commands

from bluelog import cli
from bluelog.settings import SETTINGS
from deploy.fill import UNITS, Site, nginx_files, run_folder_file, supervisor_files, systemd_files
from tests.architecture.sources import PROJECT
from tests.documents.guides import NAMES, Guide, calls, guides, twins

SITE = Site("blog.example.com")
SHIPPED = {
    **nginx_files(SITE),
    **systemd_files(SITE),
    **supervisor_files(SITE),
    **run_folder_file(SITE),
}
SCRIPTS = ("install", "upgrade", "rollback", "write")
# Read by others than the app: by Flask, gunicorn, Pipenv, and the containers' own files.
OTHERS = {"FLASK_APP", "PORT", "WEB_CONCURRENCY", "PIPENV_VENV_IN_PROJECT", "CATEGORIES"}
OTHERS |= {"PIPENV_IGNORE_VIRTUALENVS", "DOMAIN", "POSTGRES_PASSWORD"}
# What deploy/install makes beside the files that it fills in, and what the guides add to them.
PLACES = ("/etc/bluelog/", "/opt/bluelog/", "/var/lib/bluelog/", "/var/log/bluelog/")
PLACES += ("/var/log/supervisor/bluelog/",)
FRESH_SITE = "/etc/nginx/sites-enabled/default"
ADDED = {
    "/etc/cron.d/bluelog-copy",
    "/etc/systemd/system/bluelog-backup.service.d",
    "/etc/systemd/system/bluelog-backup.service.d/copy.conf",
}
ids = [guide.path.name for guide in guides()]


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_parts_and_the_same_code(name: str) -> None:
    english, chinese = twins(name)
    assert [level for level, _ in english.headings] == [level for level, _ in chinese.headings]
    assert english.blocks == chinese.blocks
    assert english.prose.count("\n|") == chinese.prose.count("\n|")
    assert english.prose.count("\n- ") == chinese.prose.count("\n- ")


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_name_the_same_things_and_lead_to_the_same_places(name: str) -> None:
    english, chinese = twins(name)
    assert sorted(english.spans) == sorted(chinese.spans)
    files = [[link.partition("#")[0] for link in twin.links] for twin in (english, chinese)]
    neutral = [[link.replace(".zh-CN.md", ".md") for link in links] for links in files]
    assert sorted(neutral[0]) == sorted(neutral[1])


@pytest.mark.parametrize("guide", guides(), ids=ids)
def test_links_lead_somewhere(guide: Guide) -> None:
    for link in guide.links:
        name, _, anchor = link.partition("#")
        target = guide.path if not name else (guide.path.parent / name).resolve()
        assert target.is_file(), link
        assert not anchor or anchor in Guide(target).anchors(), link


@pytest.mark.parametrize("guide", guides(), ids=ids)
def test_a_guide_stays_in_its_language(guide: Guide) -> None:
    other = ".zh-CN.md" if not guide.path.name.endswith(".zh-CN.md") else ".md"
    own = guide.path.name.replace(".zh-CN.md", "").replace(".md", "") + other
    for link in guide.links:
        name = link.partition("#")[0]
        is_chinese = name.endswith(".zh-CN.md")
        if name.endswith(".md") and Path(name).name != own:
            assert is_chinese == guide.path.name.endswith(".zh-CN.md"), link


@pytest.mark.parametrize("guide", guides(), ids=ids)
def test_every_setting_is_one(guide: Guide) -> None:
    known = {setting.name for setting in SETTINGS} | OTHERS
    text = "\n".join(guide.code)
    named = set(re.findall(r"(?<![\w$\"{/])((?:BLUELOG|MAIL|S3|FLASK|REDIS|DATABASE)_\w+)", text))
    named |= set(re.findall(r"(?:^|\s|\\n)([A-Z][A-Z0-9_]+)=", text))
    assert named
    assert named - known == set()


def test_every_flask_command_and_option_exists() -> None:
    app = Flask("guides")
    cli.init_app(app)
    seen = 0
    for words in filter(None, calls("flask")):  # the bare name is only spoken of
        command: click.Command | None = migrate_commands if words[0] == "db" else app.cli
        names = iter(words[1:] if words[0] == "db" else words)
        while isinstance(command, click.Group):
            command = command.get_command(click.Context(command), next(names, ""))
        assert command is not None, f"flask {' '.join(words)}"
        options = {option for parameter in command.params for option in parameter.opts}
        asked = {word for word in names if word.startswith("--")}
        assert asked <= options, f"flask {command.name} {' '.join(words)}"
        seen += 1
    assert seen > 20


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_option_of_the_scripts_exists(script: str) -> None:
    path = PROJECT / "deploy" / script
    done = subprocess.run([path, "--help"], check=True, capture_output=True, text=True)
    known = set(re.findall(r"--[a-z-]+", done.stdout))
    asked = list(calls(f"deploy/{script}"))
    assert asked
    for words in asked:
        assert {word for word in words if word.startswith("--")} <= known, words


def test_the_table_of_the_installer_names_all_that_matters_of_it() -> None:
    done = subprocess.run(
        [PROJECT / "deploy/install", "--help"], check=True, capture_output=True, text=True
    )
    known = set(re.findall(r"--[a-z-]+", done.stdout)) - {"--help"}
    named = {word for span in twins("vps")[0].spans for word in re.findall(r"--[a-z-]+", span)}
    assert known <= named


@pytest.mark.parametrize("guide", guides(), ids=ids)
def test_every_file_of_the_project_exists(guide: Guide) -> None:
    text = "\n".join(guide.code)
    named = set(re.findall(r"(?<![\w/.-])(?:bluelog/)?((?:deploy|docs|bench)/[\w./-]*)", text))
    named |= {name for name in ("Dockerfile", "Procfile", "compose.yaml") if name in text}
    assert named
    assert [name for name in sorted(named) if not (PROJECT / name).exists()] == []


@pytest.mark.parametrize("guide", guides(), ids=ids)
def test_every_place_on_the_server_is_one_that_the_installer_makes(guide: Guide) -> None:
    made = {str(path) for path in SHIPPED} | ADDED
    folders = {str(parent) for path in SHIPPED for parent in path.parents}
    enabled = {
        path.replace("sites-available", "sites-enabled") for path in made if "available" in path
    }
    site = {str(value) for value in vars(SITE).values() if isinstance(value, Path)}
    known = made | folders | enabled | site | {str(SITE.socket), FRESH_SITE}
    own = r"/(?:etc/(?:bluelog|nginx|systemd|supervisor|cron\.d|tmpfiles\.d)|opt|run|var)"
    for path in re.findall(rf"(?<![\w./:]){own}/[\w./-]*", "\n".join(guide.code)):
        place = path.rstrip("/")
        assert place in known or f"{place}/".startswith(PLACES) or "nginx/bluelog." in place, path


def test_every_service_is_shipped() -> None:
    programs = set(re.findall(r"\[program:([\w-]+)\]", "\n".join(SHIPPED.values())))
    known = set(UNITS) | {unit.partition(".")[0] for unit in UNITS} | programs
    for guide in guides():
        for line in guide.code:
            if re.search(r"systemctl|supervisorctl|journalctl", line):
                named = set(re.findall(r"(?<![/\w])bluelog-(?!2|\*|repo)[\w.-]+\b", line))
                assert named - known == set(), line


def test_what_to_do_when_is_one_command_each() -> None:
    """Somebody in need copies one line."""
    _, _, part = twins("vps")[0].text.partition("\n## 9. ")
    answers = part.split("\n### ")[1:]
    assert len(answers) >= 8
    for answer in answers:
        blocks = re.findall(r"```sh\n(.*?)```", answer, re.DOTALL)
        assert [block.count("\n") for block in blocks] == [1], answer


def test_what_needs_the_account_of_the_blog_has_it() -> None:
    """As root a command would leave files that the blog cannot open afterwards."""
    for line in "\n".join(block for _, block in twins("vps")[0].blocks).splitlines():
        if ".venv/bin/flask" in line and "flask secret" not in line:
            assert "-u bluelog " in line, line
