"""What a reader's page and all that it loads weigh on the wire, pictures aside."""

import gzip
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import Post, PostRelation, Series, Site, User
from bluelog.queries.people import person_by_username
from bluelog.text.render import render
from tests.browsing import browser
from tests.making import make_comment, make_post, tag
from tests.pictures import keep, photograph

MOST = 20_000
# What shows that everything around a text is there.
SURROUNDINGS = ("/tag/something-7", "Part 2 of 3", 'hreflang="fr"', 'id="related"', "/uploads/")
# About as long as the essays of the demo, and no sentence like another.
SENTENCES = [
    f"On the {n}th evening {person} carried the {thing} past the harbour and wrote {n * 37} words."
    for n, (person, thing) in enumerate(
        (person, thing)
        for person in ("Grace", "Tomas", "my neighbour", "the ferryman", "an old friend")
        for thing in ("lantern", "kettle", "ledger", "ladder", "letter", "violin", "umbrella")
    )
]
SOURCE = "".join(
    f"<h2>Part {n}</h2><p>{' '.join(SENTENCES[n * 7 : n * 7 + 7])}</p><pre>x = {n}</pre>"
    for n in range(5)
)


def loaded_with(client: FlaskClient, path: str) -> dict[str, int]:
    """The page and each stylesheet and script it names, by their compressed size."""
    with client.get(path) as answer:
        assert answer.status_code == 200
        page = answer.data
    named = LexborHTMLParser(page.decode()).css("link[rel=stylesheet], script[src]")
    addresses = [node.attributes.get("href") or node.attributes["src"] or "" for node in named]
    sizes = {path: len(gzip.compress(page, 6))}
    for address in addresses:
        with client.get(address) as answer:
            assert answer.status_code == 200, address
            sizes[address] = len(gzip.compress(answer.data, 6))
    return sizes


def surroundings(alice: User) -> dict[str, Any]:
    """A cover, and a place in the middle of a series and of a group of translations."""
    series = Series(name="Voyages of the lantern", name_key="voyages", slug="voyages")
    db.session.add(series)
    original = make_post(alice, "Das Original", language="de")
    make_post(alice, "Le même en français", language="fr", translation_of=original.id)
    for part in (1, 3):
        make_post(alice, f"Part {part} of the voyages", series_id=series.id, part=part)
    cover = keep(photograph(300, 200), alice)
    place = {"series_id": series.id, "part": 2, "translation_of": original.id}
    return {"cover_id": cover.id, **place}


def relate(post: Post, alice: User) -> None:
    for n in range(5):
        other = make_post(alice, f"Another post about much the same thing, number {n}")
        relation = {"post_id": post.id, "related_id": other.id, "score": 10 - n}
        db.session.add(PostRelation(**relation))
    db.session.commit()


def test_a_post_with_a_page_of_comments_weighs_less_than_20_kilobytes(site: Flask) -> None:
    with site.app_context():
        alice = person_by_username("alice")
        assert alice is not None
        html = str(render(SOURCE, "html").html)
        post = make_post(alice, "A long post", html=html, **surroundings(alice))
        tag(post, *(f"Something {n}" for n in range(8)))
        relate(post, alice)
        for n in range(15):
            said = f"{SENTENCES[n]} {SENTENCES[-n - 1]}"
            make_comment(post, said, name=f"Guest {n}", site=f"https://{n}.example.org/")
        db.session.execute(db.update(Site).values(sidebar=True))
        db.session.commit()
    for language in ("en", "zh-Hans"):
        client = browser(site)
        page = client.get("/post/a-long-post?lang=en").text
        assert [mark for mark in SURROUNDINGS if mark not in page] == []
        sizes = loaded_with(client, f"/post/a-long-post?lang={language}")
        assert any(".css" in address for address in sizes)
        assert any(".js" in address for address in sizes)
        assert sum(sizes.values()) < MOST, sizes


def test_a_post_with_code_formulas_contents_and_a_video_stays_under_it_too(site: Flask) -> None:
    code = "\n".join(
        f"def step_{n}(x: int) -> str:\n    return f'{{x}} of {n}'  # {n * 37}" for n in range(40)
    )
    source = f"{SOURCE}<p>https://vimeo.com/76979871</p><p>$$\\frac{{a_1}}{{b_2}}$$</p>"
    source += f'<pre><code class="language-python">{code}</code></pre>'
    with site.app_context():
        alice = person_by_username("alice")
        assert alice is not None
        html = str(render(source, "html", contents=True, formulas=True).html)
        make_post(alice, "With everything", html=html)
        db.session.execute(db.update(Site).values(sidebar=True))
        db.session.commit()
    sizes = loaded_with(browser(site), "/post/with-everything")
    assert {"extras", "embeds"} <= {address.split("/")[-1].split(".")[0] for address in sizes}
    assert sum(sizes.values()) < MOST, sizes
