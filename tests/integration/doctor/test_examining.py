"""No check stands in the way of another, and none can keep anybody waiting."""

import time
from threading import Event

from flask import Flask

from bluelog.operations.doctor import Check, Level, Patient, admit, examine, worst
from bluelog.operations.doctor.finding import Finding, fine


def well(_seconds: float) -> list[Finding]:
    return [fine("All is well.")]


def test_a_check_that_fails_is_a_finding_and_the_others_go_on(context: Flask) -> None:
    context.config["MAIL_PASSWORD"] = "open barley"

    def broken(_seconds: float) -> list[Finding]:
        raise LookupError("nothing here but open barley")

    entries = examine([Check("broken", "", broken), Check("well", "", well)])
    assert [entry.finding.level for entry in entries] == [Level.FAILURE, Level.FINE]
    assert "nothing here but ***" in str(entries[0].finding.words)
    assert worst(entries) is Level.FAILURE


def test_a_check_that_hangs_is_left_behind(context: Flask) -> None:
    end = Event()

    def hanging(_seconds: float) -> list[Finding]:
        end.wait(30)
        return well(0)

    began = time.monotonic()
    checks = [Check(f"hanging {n}", "", hanging, seconds=0.2) for n in range(5)]
    entries = examine([*checks, Check("well", "", well)])
    took = time.monotonic() - began
    end.set()
    assert [entry.finding.level for entry in entries] == [Level.WARNING] * 5 + [Level.FINE]
    assert took < 5


def test_a_check_is_told_how_long_it_may_last(context: Flask) -> None:
    def asked(seconds: float) -> list[Finding]:
        return [fine(str(seconds))]

    check = Check("asked", "", asked, seconds=7.0)
    assert [entry.finding.words for entry in examine([check])] == ["7.0"]
    assert [entry.finding.words for entry in examine([check], seconds=2.0)] == ["2.0"]


def test_what_rests_on_a_wrong_setting_is_left_out(context: Flask) -> None:
    admit(context, Patient(errors={"MAIL_PORT": "must be a whole number."}))
    entries = examine(
        [Check("mail", "", well, ("MAIL_", "BLUELOG_MAIL_")), Check("disk", "", well, ("FLASK_",))]
    )
    assert [entry.finding.level for entry in entries] == [Level.WARNING, Level.FINE]
    assert "MAIL_PORT" in str(entries[0].finding.words)
