"""What to look at before a post is public: warnings by severity, none of which stops anyone."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from bluelog.mail.links import absolute
from bluelog.models import Post, PostKind, Upload
from bluelog.queries.places import missing_places, pictures_called
from bluelog.queries.redirects import target_of, targets_of
from bluelog.services.slugs import RESERVED, leads_to_another
from bluelog.text.credentials import credentials_in
from bluelog.text.inside import Place, path_within, place_of
from bluelog.text.inspection import Inspection, inspect

HEAVY_BYTES = 2 * 1024**2


class Severity(IntEnum):
    SERIOUS = 1
    WARNING = 2
    HINT = 3


class Flaw(StrEnum):
    """What may be wrong; each has its severity below."""

    SECRET = "secret"  # noqa: S105  (the name of a kind)
    DEAD_LINK = "dead-link"
    SILENT_PICTURE = "silent-picture"
    HEAVY_PICTURE = "heavy-picture"
    ANOTHERS_ADDRESS = "anothers-address"
    TAKES_REDIRECT = "takes-redirect"
    SKIPPED_RANK = "skipped-rank"
    NO_EXCERPT = "no-excerpt"


_SEVERITY = {
    Flaw.SECRET: Severity.SERIOUS,
    Flaw.DEAD_LINK: Severity.SERIOUS,
    Flaw.ANOTHERS_ADDRESS: Severity.SERIOUS,
    Flaw.SILENT_PICTURE: Severity.WARNING,
    Flaw.HEAVY_PICTURE: Severity.WARNING,
    Flaw.TAKES_REDIRECT: Severity.WARNING,
    Flaw.SKIPPED_RANK: Severity.HINT,
    Flaw.NO_EXCERPT: Severity.HINT,
}


@dataclass(frozen=True)
class Finding:
    """One thing to look at: the words concerned, and where they lead or whose they are."""

    flaw: Flaw
    words: str = ""
    about: str = ""
    size: int = 0

    @property
    def severity(self) -> Severity:
        return _SEVERITY[self.flaw]


def findings(post: Post, at: datetime, *, former: Post | None = None) -> list[Finding]:
    """What is worth a look in a post as it stands, the serious first.

    `former` is what is saved of it, where the post is what was typed since.
    """
    inspection = inspect(post.html)
    found = [
        *_secrets(post, inspection),
        *_dead_links(post, inspection, at),
        *(Finding(Flaw.SILENT_PICTURE, source) for source in inspection.silent),
        *_heavy_pictures(post, inspection),
        *_taken_redirect(post, former),
        *(Finding(Flaw.SKIPPED_RANK, words) for words in inspection.skipping),
    ]
    if post.kind == PostKind.POST and not (post.excerpt or "").strip():
        found.append(Finding(Flaw.NO_EXCERPT))
    return sorted(found, key=lambda finding: finding.severity)


def serious(found: Iterable[Finding]) -> list[Finding]:
    """Those that publishing asks about; an address that is another's is refused by itself."""
    asked = (each for each in found if each.severity == Severity.SERIOUS)
    return [finding for finding in asked if finding.flaw != Flaw.ANOTHERS_ADDRESS]


def marks_of(found: Iterable[Finding]) -> set[str]:
    """What tells each of these from others: who was asked about it is not asked again."""
    told = (f"{each.flaw} {each.words} {each.about}" for each in found)
    return {hashlib.sha256(each.encode()).hexdigest()[:20] for each in told}


def _secrets(post: Post, inspection: Inspection) -> Iterator[Finding]:
    text = "\n".join([post.title, post.excerpt or "", post.plain or "", *inspection.links])
    for credential in credentials_in(text):
        yield Finding(Flaw.SECRET, credential.beginning, credential.issuer)


def _dead_links(post: Post, inspection: Inspection, at: datetime) -> Iterator[Finding]:
    places = _places(post, (*inspection.links, *inspection.pictures))
    missing = missing_places(places.values(), at)
    moved = targets_of({place.path for place in missing})
    ends = _places(post, moved.values())
    dead_ends = missing_places(ends.values(), at)
    for href, place in places.items():
        target = moved.get(place.path)
        if place in missing and (target is None or ends.get(target) in dead_ends):
            yield Finding(Flaw.DEAD_LINK, href)


def _places(post: Post, hrefs: Iterable[str]) -> dict[str, Place]:
    """Where the links lead that stay within the site, but for the post's own address."""
    here, site = post.path, absolute("/")
    found = {}
    for href in hrefs:
        path = path_within(href, here=here, site=site)
        place = place_of(path, known=RESERVED) if path and path != here else None
        if place is not None and place.path != here:
            found[href] = place
    return found


def _heavy_pictures(post: Post, inspection: Inspection) -> Iterator[Finding]:
    names = [source.rpartition("/")[2] for source in inspection.pictures]
    cover = [post.cover_id] if post.cover_id else []
    uploads: list[Upload] = pictures_called(names, cover) if names or cover else []
    for upload in uploads:
        if upload.size >= HEAVY_BYTES:
            name = upload.original_name or upload.filename
            yield Finding(Flaw.HEAVY_PICTURE, name, size=upload.size)


def _taken_redirect(post: Post, former: Post | None) -> Iterator[Finding]:
    """An address that leads elsewhere until the post is there itself."""
    before = former or post
    if before.published_at is not None and before.id is not None and before.path == post.path:
        return
    target = target_of(post.path)
    # To an address that it had before, a post may go back.
    if target is None or target in (post.path, before.path):
        return
    # What is saved has its address, and is left with it.
    is_typed = post.id is None and (former is None or former.slug != post.slug)
    is_refused = is_typed and leads_to_another(post.slug, post)
    yield Finding(Flaw.ANOTHERS_ADDRESS if is_refused else Flaw.TAKES_REDIRECT, post.path, target)
