"""What `flask shell` has at hand."""

from typing import Any

from bluelog import models
from bluelog.extensions import db


def at_hand() -> dict[str, Any]:
    """The models and the session."""
    return {"db": db} | {name: getattr(models, name) for name in models.__all__}
