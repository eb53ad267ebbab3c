"""Where packages and assets come from is each machine's own affair, and never a stranger's."""

import json
import re
import subprocess
import tomllib

import pytest

from tests.architecture.sources import PROJECT

# Written in two halves, for this file is read as well.
HOSTS = [
    f"{first}{second}"
    for first, second in (
        ("py", "pi.org"),
        ("py", "pi.python.org"),
        ("python", "hosted.org"),
        ("py", "pi.tuna"),
        ("mirrors.", "aliyun"),
        ("mirrors.", "cloud.tencent"),
        ("pi", "wheels.org"),
        ("npm", "js.org"),
        ("npm", "js.com"),
        ("npm", "mirror.com"),
        ("yarn", "pkg.com"),
        ("ana", "conda.org"),
        ("js", "delivr"),
        ("un", "pkg.com"),
        ("cdn", "js."),
        ("bootstrap", "cdn"),
        ("boot", "cdn."),
        ("code.", "jquery.com"),
        ("google", "apis.com"),
        ("gsta", "tic.com"),
        ("static", "file."),
        ("cdn.", "ckeditor.com"),
        ("gravatar", ".com"),
    )
]


def tracked() -> list[str]:
    """What is under git, or would be with the next commit."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, check=True)
    return [name for name in listed.stdout.decode().split("\0") if (PROJECT / name).is_file()]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return {name: (PROJECT / name).read_bytes().decode("utf-8", "replace") for name in tracked()}


def test_no_file_names_a_registry_or_a_network_of_copies(texts: dict[str, str]) -> None:
    assert {"Pipfile.lock", "Makefile", "tests/architecture/test_packages.py"} < texts.keys()
    named = re.compile("|".join(map(re.escape, HOSTS)), re.IGNORECASE)
    assert {name: match[0] for name, text in texts.items() if (match := named.search(text))} == {}


def test_the_lock_and_the_list_of_packages_name_no_source() -> None:
    lock = json.loads((PROJECT / "Pipfile.lock").read_text("utf-8"))
    wanted = tomllib.loads((PROJECT / "Pipfile").read_text("utf-8"))
    assert lock["_meta"]["sources"] == []
    assert "source" not in wanted
    packages = [p for group in lock for p in lock[group].values() if group != "_meta"]
    assert packages
    assert [p for p in packages if "index" in p or not p.get("hashes")] == []


def test_the_lock_is_of_this_list_of_packages(texts: dict[str, str]) -> None:
    lock = json.loads(texts["Pipfile.lock"])
    wanted = tomllib.loads(texts["Pipfile"])
    groups = {"packages": "default", "dev-packages": "develop"}
    missing = [
        package
        for group, packages in wanted.items()
        for package in packages
        if package.lower() not in lock.get(groups.get(group, group), {})
    ]
    assert missing == []


def test_templates_load_nothing_from_elsewhere(texts: dict[str, str]) -> None:
    loading = re.compile(r"<(?:script|img|link|iframe)\b[^>]*(?:src|href)=[\"'](?:https?:)?//")
    pages = {n: t for n, t in texts.items() if n.startswith("bluelog/templates/")}
    assert pages
    assert [name for name, text in pages.items() if loading.search(text)] == []


def test_styles_and_scripts_of_ours_load_nothing_from_elsewhere(texts: dict[str, str]) -> None:
    ours = {
        name: text
        for name, text in texts.items()
        if name.startswith(("bluelog/static/css/", "bluelog/static/js/"))
    }
    loading = re.compile(r"(?:url\(|@import|fetch\(|import\()\s*[\"']?(?:https?:)?//")
    assert ours
    assert [name for name, text in ours.items() if loading.search(text)] == []
