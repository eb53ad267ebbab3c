"""Whether search finds everything there is."""

from collections.abc import Iterator

from bluelog.i18n import lazy_gettext as _l
from bluelog.operations.doctor.finding import Finding, fine, warning
from bluelog.queries.search import held


def look(_seconds: float) -> Iterator[Finding]:
    """Count the posts, and those in the index."""
    yield judge(*held())


def judge(indexed: int, there: int) -> Finding:
    """The index is written with each post, so both are the same."""
    if indexed == there:
        return fine(_l("Every post can be searched for."))
    words = _l("The search index holds %(indexed)d of %(all)d posts.", indexed=indexed, all=there)
    return warning(words, _l("Make it anew; the blog may go on meanwhile."), "flask search reindex")
