"""The settings as an archive keeps them: what a new machine needs to be told, and no secret."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bluelog.settings import SETTINGS

_ACCOUNT = re.compile(r"(?<=://)[^/?#]*@")


def without_secrets(config: Mapping[str, Any]) -> bytes:
    """The settings that are set, as JSON. Passwords and keys are left out, also those in URLs."""
    kept = {
        setting.name: _shown(config.get(setting.config_key))
        for setting in SETTINGS
        if not setting.is_secret and config.get(setting.config_key) not in {None, ""}
    }
    return json.dumps(kept, ensure_ascii=False, indent=1).encode()


def _shown(value: object) -> object:
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, tuple):
        return [str(part) for part in value]
    text = str(value)
    return _ACCOUNT.sub("", text.partition("?")[0]) if "://" in text else text
