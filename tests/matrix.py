"""Tables of rights, written by hand, and how they are asked of the app.

A line of a table is `METHOD /path | an answer for each actor | the effect of an allowed change`.
An answer is a status, or one of these; a single one is everybody's:

    sign-in   a redirect to the sign-in page
    done      the change is made: a redirect or 200, and the effect is in the database
    refused   a redirect that says why nothing was changed

An effect is a column of the row in the path, `.name=Changed`, of another one, `about.title=New`, of
the actor, `me.name=New`, or of the one row that is new in a table, `new comment.status=pending`;
or the row in the path is `gone`, or another one, `link gone`, or the actor `signed-out`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from werkzeug.test import TestResponse

from tests.browsing import ORIGIN
from tests.stage import ACTORS, TABLES, Dump, Stage
from tests.stage_rows import SECRET

COLUMNS = {table.name: [column.name for column in table.columns] for table in TABLES}
Form = Callable[[Stage], dict[str, Any]]
Forms = Mapping[str, Form]


@dataclass(frozen=True)
class Row:
    """What one address answers to each actor."""

    method: str
    path: str
    answers: dict[str, str]
    effects: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def object(self) -> str:
        """The name of the row in the path."""
        return self.path.partition("{")[2].partition("}")[0]


@dataclass(frozen=True)
class Seen:
    """What came of an actor's request."""

    actor: str
    answer: TestResponse
    before: Dump
    after: Dump


def rows(table: str) -> list[Row]:
    """The rows of a table, comments and blank lines aside."""
    lines = [line.strip() for line in table.splitlines()]
    return [_row(line) for line in lines if line and not line.startswith("#")]


def faults(stage: Stage, row: Row, forms: Forms) -> list[str]:
    """What the app does otherwise than the row says; the stage is afterwards as it was."""
    found, before = [], stage.dump()
    for actor, wanted in row.answers.items():
        form = forms[row.path](stage) if row.path in forms else {}
        answer = ask(stage, actor, row.method, row.path, form)
        seen = Seen(actor, answer, before, stage.dump())
        found += [f"{actor}: {fault}" for fault in _compare(stage, row, wanted, seen)]
        if seen.after != before:
            stage.restore()
    return found


def detours(stage: Stage, row: Row) -> list[str]:
    """What the address with a slash at its end, and its HEAD, do that they should not."""
    found, before = [], stage.dump()
    path, question, query = row.path.partition("?")
    for actor in _daring(row):
        slashed = ask(stage, actor, row.method, f"{path}/{question}{query}", {})
        if not _is_harmless(row, row.answers[actor], slashed):
            found.append(f"{actor}: with a slash it answers {slashed.status}")
    for actor in row.answers if row.method == "GET" else _daring(row):
        head = ask(stage, actor, "HEAD", row.path, {})
        wanted = row.answers[actor]
        if head.data or (row.method == "GET" and not _is_as_wanted(wanted, head)):
            found.append(f"{actor}: HEAD answers {head.status} and {len(head.data)} bytes")
    after = stage.dump()
    if after != before:
        stage.restore()
    return found + _changes(before, after)


def _daring(row: Row) -> list[str]:
    """A stranger, and the least and the mightiest of those who may."""
    may = [actor for actor, wanted in row.answers.items() if wanted in ("200", "done")]
    return list(dict.fromkeys(["stranger", *may[:1], *may[-1:]]))


def ask(stage: Stage, actor: str, method: str, path: str, form: dict[str, Any]) -> TestResponse:
    """Send the request as that person's browser would from a page of the blog."""
    data = form | {"csrf_token": stage.tokens.get(actor, "")} if method == "POST" else None
    headers = {"Origin": ORIGIN} if method == "POST" else {}
    client = stage.client(actor)
    return client.open(stage.url(path), method=method, data=data, headers=headers, buffered=True)


def _row(line: str) -> Row:
    address, answers, *effects = (part.strip() for part in line.split("|"))
    method, path = address.split()
    words = answers.split()
    if len(words) == 1:
        words *= len(ACTORS)
    wanted = tuple(effect.strip() for effect in "".join(effects).split(";") if effect.strip())
    assert bool(wanted) == ("done" in words), f"an effect belongs to what is done: {line}"
    return Row(method, path, dict(zip(ACTORS, words, strict=True)), wanted)


def _compare(stage: Stage, row: Row, wanted: str, seen: Seen) -> list[str]:
    if not _is_as_wanted(wanted, seen.answer):
        return [f"{seen.answer.status_code} {seen.answer.location or ''}, not {wanted}"]
    if wanted == "done":
        return [
            f"not so: {effect}" for effect in row.effects if not _holds(stage, row, effect, seen)
        ]
    found = _changes(seen.before, seen.after)
    if wanted == "422":  # a refused attempt is counted
        found = [change for change in found if not change.endswith("attempt_count")]
    if wanted not in ("200", "422") and SECRET in seen.answer.text:
        found.append("the answer tells what is hidden")
    return found


def _changes(before: Dump, after: Dump) -> list[str]:
    return [f"changed {name}" for name in before if before[name] != after[name]]


def _is_as_wanted(wanted: str, answer: TestResponse) -> bool:
    status, location = answer.status_code, answer.location or ""
    if wanted == "sign-in":
        return status == 302 and location.startswith("/auth/login?next=")
    if wanted == "done":
        return status in (200, 302, 303)
    return status == 303 if wanted == "refused" else str(status) == wanted


def _is_harmless(row: Row, wanted: str, answer: TestResponse) -> bool:
    """Whether it is no page, leads to the address without the slash, or is what was to be read."""
    if row.method == "GET" and _is_as_wanted(wanted, answer):
        return True
    return answer.status_code in (308, 404, 405) and SECRET not in answer.text


def _holds(stage: Stage, row: Row, effect: str, seen: Seen) -> bool:
    if effect == "signed-out":
        sessions = COLUMNS["user_session"].index("user_id")
        me = stage.rows[seen.actor][1]
        return me not in [columns[sessions] for columns in seen.after["user_session"]]
    name, _, value = effect.partition("=")
    subject, _, column = name.rpartition(".")
    if effect.endswith("gone"):
        subject = effect.removesuffix("gone").strip()
    table, found = _subject(stage, {"": row.object, "me": seen.actor}.get(subject, subject), seen)
    if effect.endswith("gone"):
        return not found
    place = COLUMNS[table].index(column)
    return [_text(columns[place]) for columns in found] == [stage.url(value)]


def _subject(stage: Stage, subject: str, seen: Seen) -> tuple[str, list[tuple[Any, ...]]]:
    """The table, and the rows of it that an effect speaks of."""
    if subject.startswith("new "):
        table = subject.removeprefix("new ")
        known = {row[0] for row in seen.before[table]}
        return table, [row for row in seen.after[table] if row[0] not in known]
    table, row_id = stage.rows[subject]
    return table, [row for row in seen.after[table] if row[0] == row_id]


def _text(value: object) -> str:
    """As a table writes it; a truth is 1 or 0 on both databases, and a time as SQLite has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(int(value)) if isinstance(value, bool) else str(value)
