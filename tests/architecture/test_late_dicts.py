"""The guard against a crash of CPython 3.11, seen from within a fresh process."""

import platform
import subprocess
import sys

import pytest

from tests.architecture.sources import PROJECT

# On 3.11 a collection may run while an object's dict is being made. If it frees the object that a
# row's state watches, the state is written to within, makes its dict as well, and one of the two is
# freed twice. So no state may come to need a dict when its session closes: the names set then must
# be among those that all states share room for, which is settled by the first thirty of them.
SCRIPT = """
import gc
import sys
from sqlalchemy import inspect
import bluelog
if "unguarded" in sys.argv:
    bluelog._shield_from_late_dicts = lambda: None
from bluelog.extensions import Base, db
from bluelog.models import Link
from bluelog.settings import TestingConfig

def with_dicts(states):
    return sum(any(type(v) is dict and "key" in v for v in gc.get_referents(s)) for s in states)

app = bluelog.create_app(TestingConfig({}))
with app.app_context():
    Base.metadata.create_all(db.engine)
    with db.engine.begin() as connection:
        rows = [{"name": str(n), "url": "https://example.org/"} for n in range(60)]
        connection.execute(Link.__table__.insert(), rows)
    # A page that changes something, then one that reads.
    links = db.session.scalars(db.select(Link)).all()
    db.session.rollback()
    db.session.close()
    links = db.session.scalars(db.select(Link)).all()
    states = [inspect(link) for link in links]
    before = with_dicts(states)
    db.session.close()
    print(len(states), before, with_dicts(states))
"""


def closing(*words: str) -> list[int]:
    """How many rows were loaded, and how many of their states had a dict before and after."""
    command = [sys.executable, "-c", SCRIPT, *words]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return [int(word) for word in done.stdout.split()]


@pytest.mark.skipif(
    sys.version_info[:2] != (3, 11) or platform.python_implementation() != "CPython",
    reason="CPython 3.12 and newer collect between instructions alone, never while a dict is made",
)
def test_closing_a_session_makes_no_dict_behind_a_rows_state() -> None:
    assert closing() == [60, 0, 0]
    # The same without the guard, or this would say nothing.
    assert closing("unguarded") == [60, 0, 60]
