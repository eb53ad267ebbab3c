"""The blog as it was found: which settings were refused, and what hindered its start."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask import Flask, current_app

from bluelog.settings import SETTINGS

_KEY = "doctor"
_ADDRESS_NAME = re.compile(r"UR[LI]$")
_LONGEST = 300


@dataclass(frozen=True)
class Patient:
    """`errors` are by setting; `trouble` is what else the app could not be made for."""

    errors: Mapping[str, str] = field(default_factory=dict)
    notices: Sequence[str] = ()
    trouble: str = ""


def admit(app: Flask, patient: Patient) -> None:
    """Let the doctor know about this app."""
    app.extensions[_KEY] = patient


def patient() -> Patient:
    """What is known about the app of the context that is open."""
    return current_app.extensions.get(_KEY) or Patient()


def reason(error: BaseException) -> str:
    """What an exception says, in one short line and without any secret of the settings."""
    original = getattr(error, "orig", None) or error
    said = " ".join(str(original).split())
    return without_secrets(said or type(original).__name__)[:_LONGEST]


def without_secrets(text: str) -> str:
    """The text with every secret of the settings blotted out."""
    for secret in sorted(_secrets(), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets() -> set[str]:
    named = (
        current_app.config.get(setting.config_key) for setting in SETTINGS if setting.is_secret
    )
    found = {value for value in named if isinstance(value, str)}
    for name, value in current_app.config.items():
        if isinstance(value, str) and _ADDRESS_NAME.search(name):
            found.add(_password_in(value))
    return found - {""}


def _password_in(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""
