"""A look that breaks is over, and the next probe looks again."""

import pytest
from flask import Flask

from bluelog.operations.doctor import migrations, readiness


def test_a_look_that_breaks_is_no_look_that_never_ends(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks() -> bool:
        raise OSError("the folder of migrations is gone")

    with monkeypatch.context() as broken:
        broken.setattr(migrations, "is_at_head", breaks)
        assert not readiness.readiness().database
    assert readiness.readiness().database
