"""Words that may have been meant."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from bluelog.text.search.question import Phrase, Question
from bluelog.text.search.tokens import Spot, is_cjk, spots

_LIKE = 0.72
_SHORTEST_RUN = 3


def meant(asked: Question, known: Iterable[str]) -> str | None:
    """The question with each word that nobody wrote replaced by one like it; None without any.

    `known` are texts in which words are spelled right, such as titles.
    """
    texts = [list(_shown(text)) for text in known]
    words = {token: shown for text in texts for token, shown in text if not is_cjk(token)}
    runs = [text for text in texts if any(is_cjk(token) for token, _shown_ in text)]
    found = [_better(phrase, words, runs) for phrase in asked.phrases]
    if all(better is None for better in found):
        return None
    pairs = zip(found, asked.phrases, strict=True)
    return " ".join(better or _typed(phrase, asked.text) for better, phrase in pairs)


def _shown(text: str) -> Iterator[tuple[str, str]]:
    return ((spot.token, text[spot.start : spot.end].lower()) for spot in spots(text))


def _typed(phrase: Phrase, text: str) -> str:
    """A phrase as it was typed."""
    found: list[Spot] = list(spots(text))
    for at in range(len(found)):
        part = found[at : at + len(phrase)]
        if tuple(spot.token for spot in part) == phrase:
            return text[part[0].start : part[-1].end]
    return " ".join(phrase)


def _better(phrase: Phrase, words: dict[str, str], runs: list[list[tuple[str, str]]]) -> str | None:
    if all(map(is_cjk, phrase)):
        return _like_run(phrase, runs)
    if all(token in words or is_cjk(token) for token in phrase):
        return None
    near = [token if token in words else _near(token, words) for token in phrase]
    return " ".join(words[token] for token in near if token) if all(near) else None


def _near(token: str, words: dict[str, str]) -> str | None:
    same = [word for word in words if word[0] == token[0] and abs(len(word) - len(token)) <= 2]  # noqa: PLR2004
    return next(iter(get_close_matches(token, same, n=1, cutoff=_LIKE)), None)


def _like_run(phrase: Phrase, runs: list[list[tuple[str, str]]]) -> str | None:
    """Characters that differ from those by one alone."""
    size = len(phrase)
    if size < _SHORTEST_RUN:
        return None
    for run in runs:
        for at in range(len(run) - size + 1):
            part = run[at : at + size]
            same = sum(a == b for (a, _), b in zip(part, phrase, strict=True))
            if same == size - 1 and all(is_cjk(token) for token, _shown_ in part):
                return "".join(shown for _token, shown in part)
    return None
