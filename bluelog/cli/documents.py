"""`flask documents`: what the documents say of the settings, written from the settings."""

import re
from pathlib import Path

import click

from bluelog.settings import SETTINGS
from bluelog.settings.table import SECRET_KEY_PLACEHOLDER

ROOT = Path(__file__).parent.parent.parent
README = {"en": ROOT / "README.md", "zh-Hans": ROOT / "README.zh-CN.md"}
EXAMPLE = ROOT / ".env.example"
_HEADS = {"en": ("Setting", "Default", "What it is"), "zh-Hans": ("设置", "默认值", "说明")}
_BLOCK = re.compile(r"(?<=<!-- settings -->\n).*?(?=<!-- /settings -->)", re.DOTALL)


@click.command()
def documents() -> None:
    """Write the tables of settings into the READMEs, and .env.example."""
    for language, path in README.items():
        path.write_text(with_table(path.read_text("utf-8"), language), "utf-8")
    EXAMPLE.write_text(example(), "utf-8")


def with_table(text: str, language: str) -> str:
    """The document with the table of today's settings in its place."""
    return _BLOCK.sub(lambda _: table(language), text)


def table(language: str) -> str:
    """Every setting as a row of a Markdown table."""
    rows = [_HEADS[language], ("---",) * 3]
    for setting in SETTINGS:
        words = setting.zh if language == "zh-Hans" else setting.en
        rows.append((f"`{setting.name}`", setting.default_in(language), words))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def example() -> str:
    """A .env to begin with: what a server needs is open, everything else is a comment."""
    lines = [
        "# Copy to .env and fill in. Variables set by hand win over .env, and .env over",
        "# .flaskenv. Every setting is explained in README.md.",
        "",
    ]
    needed = {
        "FLASK_CONFIG": "production",
        "SECRET_KEY": SECRET_KEY_PLACEHOLDER,
        "BLUELOG_URL": "https://blog.example.com",
        "BLUELOG_PROXY_COUNT": "1",
    }
    for setting in SETTINGS:
        value = needed.get(setting.name, setting.default_in("en"))
        value = "" if " " in value else value
        mark = "" if setting.name in needed else "#"
        lines += [f"# {setting.en}", f"{mark}{setting.name}={value}", ""]
    return "\n".join(lines)
