"""What is read off the migrations' files is what Alembic finds in them."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from bluelog import extensions
from bluelog.operations import migrations


def test_the_migrations_are_read_as_alembic_reads_them() -> None:
    scripts = ScriptDirectory(str(extensions.MIGRATIONS))
    assert migrations.known() == {script.revision for script in scripts.walk_revisions()}
    assert migrations.newest() == set(scripts.get_heads())
    assert len(migrations.known()) > 1


def test_two_that_follow_the_same_are_both_the_newest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "versions").mkdir()
    for revision, before in (("a", "None"), ("b", '"a"'), ("c", "'a'")):
        script = f'"""One."""\n\nrevision = "{revision}"\ndown_revision = {before}\n'
        (tmp_path / "versions" / f"{revision}.py").write_text(script)
    monkeypatch.setattr(extensions, "MIGRATIONS", tmp_path)
    assert migrations.known() == {"a", "b", "c"}
    assert migrations.newest() == {"b", "c"}
