"""`flask doctor`: how the blog is doing, also where it does not start."""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import replace

import click
from flask import current_app

from bluelog.cli.target import say_target
from bluelog.i18n import force_locale
from bluelog.operations.doctor import (
    CHECKS,
    TEST_MAIL,
    Check,
    Entry,
    Finding,
    Level,
    examine,
    worst,
)

_COLOURS = {Level.FINE: "green", Level.WARNING: "yellow", Level.FAILURE: "red"}
_WIDTH = 88
_INDENT = 24


@click.command()
@click.option("--mail", is_flag=True, help="Send a test message to BLUELOG_EMAIL now.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings for a machine.")
@click.option("--only", multiple=True, metavar="NAME", help="One check, such as disk; repeatable.")
@click.option(
    "--seconds", type=click.FloatRange(1, 3600), help="How long each check may take at most."
)
@click.pass_context
def doctor(
    context: click.Context,
    only: tuple[str, ...],
    seconds: float | None,
    *,
    mail: bool,
    as_json: bool,
) -> None:
    """Say how the blog is doing, and what to do where it is not well.

    Ends with 0 when all is fine, 1 when there are warnings, 2 when something failed. Nothing is
    changed, and no secret is printed.
    """
    # Findings are worded for the dashboard's languages; commands speak English.
    with force_locale("en"):
        entries = examine(_chosen(only, mail=mail), seconds=seconds)
        click.echo(_for_machines(entries) if as_json else _for_people(entries))
    context.exit(worst(entries))


def _chosen(only: Sequence[str], *, mail: bool) -> list[Check]:
    known = {check.name: check for check in CHECKS}
    if strangers := [name for name in only if name not in known]:
        raise click.BadParameter(
            f"There is no check {strangers[0]}; there are {', '.join(known)}.", param_hint="--only"
        )
    return [*(known[name] for name in only or known), *([TEST_MAIL] if mail else [])]


def _for_machines(entries: Sequence[Entry]) -> str:
    findings = [
        {
            "check": check.name,
            "level": found.level.name.lower(),
            "words": str(found.words),
            "advice": str(found.advice),
            "command": found.command,
        }
        for check, found in entries
    ]
    report = {"level": worst(entries).name.lower(), "findings": findings}
    return json.dumps(report, ensure_ascii=False, indent=2)


def _for_people(entries: Sequence[Entry]) -> str:
    """The worst at the end, which is what a terminal shows."""
    if "SQLALCHEMY_DATABASE_URI" in current_app.config:
        say_target()
    named: dict[Finding, list[str]] = {}
    for check, found in sorted(entries, key=lambda entry: entry.finding.level):
        named.setdefault(_spoken(found), []).append(check.name)
    lines = [line for found, names in named.items() for line in _lines(found, names)]
    return "\n".join(["", *lines, "", _summary(entries)])


def _spoken(found: Finding) -> Finding:
    """In words that are no longer lazy, so that what is said twice is known for the same."""
    return replace(found, words=str(found.words), advice=str(found.advice))


def _lines(found: Finding, names: Sequence[str]) -> list[str]:
    name, words = names[0], found.words
    if len(names) > 1:
        name, words = "several", f"{words} ({', '.join(names)})"
    level = click.style(f"{found.level.name.lower():<8}", fg=_COLOURS[found.level], bold=True)
    first, *rest = textwrap.wrap(words, _WIDTH - _INDENT) or [""]
    below = [*rest, *textwrap.wrap(found.advice, _WIDTH - _INDENT)]
    lines = [f"{level}  {name:<12}  {first}", *(" " * _INDENT + line for line in below)]
    if found.command:
        # Never broken, for it is to be copied.
        lines.append(" " * _INDENT + click.style(found.command, bold=True))
    return lines


def _summary(entries: Sequence[Entry]) -> str:
    levels = [entry.finding.level for entry in entries]
    failures, warnings = levels.count(Level.FAILURE), levels.count(Level.WARNING)
    if not failures and not warnings:
        return "All is fine."
    return f"Failures: {failures}, warnings: {warnings}."
