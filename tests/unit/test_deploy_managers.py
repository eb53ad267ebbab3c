"""What the process managers are told, where neither of them is there."""

import pytest

from deploy import managers
from deploy.fill import UNITS


def test_systemd_ends_a_backup_that_has_begun_along_with_the_blog(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It holds the folder of archives, which going back needs, and the timer would begin one."""
    told: list[list[str]] = []
    monkeypatch.setattr(managers, "run", told.append)
    managers.Systemd().stop()
    ((program, verb, *units),) = told
    assert (program, verb) == ("systemctl", "stop")
    assert sorted(units) == sorted(UNITS)
    assert units.index("bluelog-backup.timer") < units.index("bluelog-backup.service")
