"""What somebody typed into an editor and did not save, to be read and copied."""

from markupsafe import Markup

from bluelog.models import WorkingCopy
from bluelog.text.render import HTML, render
from bluelog.web.kept import LABELS, Word


def words_of(copy: WorkingCopy) -> list[Word]:
    """The fields of the copy that somebody wrote in."""
    sent = copy.fields["form"].items()
    written = [Word(name, values[0]) for name, values in sent if name in LABELS and values]
    return [word for word in written if word.value.strip()]


def read_in(copy: WorkingCopy) -> Markup | None:
    """What the text looks like, where nobody would copy it out of its source."""
    typed = copy.fields["content"]
    return render(typed["source"], HTML).html if typed["source_format"] == HTML else None
