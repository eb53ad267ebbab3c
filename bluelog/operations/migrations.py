"""The migrations of this code, read off their files: a probe need not make Alembic load."""

import re

from bluelog import extensions

_CHAIN = re.compile(
    r"""^revision = ['"](\w+)['"]\ndown_revision = (?:None|['"](\w+)['"])$""", re.MULTILINE
)


def known() -> frozenset[str]:
    """Every migration there is."""
    return frozenset(revision for revision, _ in _links())


def newest() -> frozenset[str]:
    """Those that none follows: one, unless two were written side by side."""
    return known() - {before for _, before in _links()}


def _links() -> list[tuple[str, str]]:
    """Each migration with the one before it."""
    scripts = (extensions.MIGRATIONS / "versions").glob("*.py")
    return [link for script in scripts for link in _CHAIN.findall(script.read_text("utf-8"))]
