"""Videos of others: a link that stands alone becomes a card, which asks nobody until clicked."""

import re

from selectolax.lexbor import LexborNode

from bluelog.text.decorate import in_language

# Where the player of each comes from; static/js/embeds.js knows its address there.
PLAYERS = {
    "youtube": "https://www.youtube-nocookie.com",
    "vimeo": "https://player.vimeo.com",
    "bilibili": "https://player.bilibili.com",
}
NAMES = {"youtube": "YouTube", "vimeo": "Vimeo", "bilibili": "Bilibili"}
TITLES = {"en": "Video on %s", "zh": "%s 上的视频"}

_ADDRESSES = {
    "youtube": re.compile(
        r"https://(?:(?:www\.|m\.)?youtube\.com/(?:watch\?v=|shorts/|live/)|youtu\.be/)"
        r"([\w-]{11})(?:[?&#/]\S*)?",
        re.ASCII,
    ),
    "vimeo": re.compile(r"https://(?:www\.)?vimeo\.com/([0-9]{5,12})(?:[?#/]\S*)?"),
    "bilibili": re.compile(
        r"https://(?:www\.|m\.)?bilibili\.com/video/(BV[0-9A-Za-z]{10})(?:[?#/]\S*)?"
    ),
}
_EMBED = re.compile(r'<a [^>]*\bdata-embed="([a-z]+):')


def offer_embeds(body: LexborNode, language: str) -> None:
    """Mark the link to a video that is a paragraph of its own."""
    for paragraph in body.css("p"):
        if paragraph.parent is None or paragraph.parent.mem_id != body.mem_id:
            continue
        address, words = _only_link(paragraph)
        if video := _video(address):
            _make_card(paragraph, address, video, words, language)


def players(html: str) -> list[str]:
    """The servers whose frames a rendered text may open, each once."""
    return sorted({PLAYERS[name] for name in _EMBED.findall(html)})


def _only_link(paragraph: LexborNode) -> tuple[str, str]:
    """The address and the words of a paragraph that is nothing but a link."""
    children = [one for one in paragraph.iter(include_text=True) if not one.is_empty_text_node]
    if len(children) != 1:
        return "", ""
    words = " ".join(paragraph.text().split())
    only = children[0]
    if only.is_text_node:
        return words, ""
    address = (only.attributes.get("href") or "") if only.tag == "a" else ""
    return address, "" if words == address else words


def _video(address: str) -> str:
    for name, pattern in _ADDRESSES.items():
        if found := pattern.fullmatch(address):
            return f"{name}:{found[1]}"
    return ""


def _make_card(paragraph: LexborNode, address: str, video: str, words: str, language: str) -> None:
    link = paragraph.parser.create_node("a")
    link.attrs["href"] = address
    link.attrs["rel"] = "noopener"
    link.attrs["data-embed"] = video
    name = NAMES[video.partition(":")[0]]
    link.insert_child(words or in_language(TITLES, language) % name)
    for child in list(paragraph.iter(include_text=True)):
        child.decompose()
    paragraph.insert_child(link, move=True)
