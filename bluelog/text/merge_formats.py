"""Two texts that were made of one, of which one may have been put into another source format."""

from dataclasses import dataclass

from bluelog.text.blocks import with_unix_newlines
from bluelog.text.convert import convert
from bluelog.text.merge import Merged, Overlap, merge_sources


@dataclass(frozen=True)
class Written:
    """A source and how it is to be read; `formulas` are looked for where it is converted."""

    source: str
    source_format: str = "html"
    formulas: bool = False

    def is_as(self, other: "Written") -> bool:
        """Whether nothing was changed, but perhaps how lines end."""
        mine, theirs = (with_unix_newlines(each.source) for each in (self, other))
        return (mine, self.source_format) == (theirs, other.source_format)


def merge_written(base: Written, mine: Written, theirs: Written) -> tuple[Merged, str]:
    """Put two texts together; what comes of it, and in which format it is.

    Where one of them changed the format, all are put into that one. Where this would lose
    something, mine stays as it is, and stands beside theirs whole.
    """
    if theirs.is_as(base) or theirs.is_as(mine):
        return Merged(mine.source, 0, ()), mine.source_format
    if mine.is_as(base):
        return Merged(theirs.source, 1, ()), theirs.source_format
    is_mine = mine.source_format != base.source_format
    chosen = mine.source_format if is_mine else theirs.source_format
    then, here, there = (_source_in(chosen, side) for side in (base, mine, theirs))
    if then is None or here is None or there is None:
        formats = (mine.source_format, theirs.source_format)
        apart = Overlap(mine.source, theirs.source, formats)
        return Merged(mine.source, 0, (apart,)), mine.source_format
    return merge_sources(then, here, there, chosen), chosen


def _source_in(wanted: str, text: Written) -> str | None:
    """The source in that format; None where not all of it would come through."""
    source = with_unix_newlines(text.source)
    if text.source_format == wanted:
        return source
    converted = convert(source, text.source_format, formulas=text.formulas)
    return None if converted.differing else converted.source
