"""The page where readers search."""

from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from bluelog.blueprints.blog import search as view
from bluelog.extensions import db
from bluelog.models import Category, PostAuthor, PostTag, Tag
from bluelog.queries import search as queries
from bluelog.web import turns
from tests.browsing import browser, sign_in
from tests.conftest import NOW
from tests.databases import POSTGRES
from tests.making import YESTERDAY, make_post
from tests.racing import at_once


@pytest.fixture(autouse=True)
def frozen() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return browser(site)


@pytest.fixture
def library(cast: SimpleNamespace) -> SimpleNamespace:
    """Some posts in both languages; cast and all."""
    travel = Category(name="Travel", name_key="travel", slug="travel")
    db.session.add(travel)
    db.session.commit()
    texts = {
        "boats": ("Boats on the quay", "A café by the river. The boats are running late."),
        "python": ("学习 Python 的第一天", "今天开始学习编程。猫在咖啡馆里睡觉。"),
        "habits": ("学会习惯", "慢慢来，不着急。"),
        "ferry": ("The ferry", "Nobody saw the boats. " + "Water and more water. " * 99),
    }
    for slug, (title, plain) in texts.items():
        author = cast.bob if slug == "boats" else cast.alice
        category = {"category_id": travel.id} if slug == "boats" else {}
        make_post(author, title, slug=slug, plain=plain, summary=plain[:80], **category)
    return cast


def page(client: FlaskClient, words: str, **further: str) -> LexborHTMLParser:
    answer = client.get("/search", query_string={"q": words, **further})
    assert answer.status_code == 200, answer.text
    return LexborHTMLParser(answer.text)


def addresses(found: LexborHTMLParser) -> list[str]:
    return [one(node, "h2 a").attributes["href"] or "" for node in found.css("article")]


def found(client: FlaskClient, words: str, **further: str) -> list[str]:
    """The slugs of what is found, best first."""
    paths = addresses(page(client, words, **further))
    return [path.removeprefix("/post/") for path in paths]


def one(node: LexborNode | LexborHTMLParser, selector: str) -> LexborNode:
    (match,) = node.css(selector)
    return match


@pytest.mark.parametrize(
    ("words", "slugs"),
    [
        ("学习", ["python"]),
        ("学会", ["habits"]),
        ("习惯", ["habits"]),
        ("编程", ["python"]),
        ("咖啡馆", ["python"]),
        ("猫", ["python"]),
        ("学习Python", ["python"]),
        ("python 编程", ["python"]),
        ("ＰＹＴＨＯＮ", ["python"]),
        ("boat", ["boats", "ferry"]),
        ("BOATS quay", ["boats"]),
        ("run", ["boats"]),
        ("cafe", ["boats"]),
        ("CAFÉ", ["boats"]),
        ('"by the river"', ["boats"]),
        ("“开始学习”", ["python"]),
        ("nobody", ["ferry"]),
        ("睡觉 学习 今天", ["python"]),
    ],
)
def test_words_are_found_in_titles_and_texts(
    client: FlaskClient, library: SimpleNamespace, words: str, slugs: list[str]
) -> None:
    assert found(client, words) == slugs


def test_where_not_all_is_found_some_of_it_is_and_the_page_says_so(
    client: FlaskClient, library: SimpleNamespace
) -> None:
    shown = page(client, "quay umbrella 编程")
    assert set(addresses(shown)) == {"/post/boats", "/post/python"}
    assert "These have some of it" in one(shown, ".notice").text()
    assert page(client, "quay").css(".notice") == []
    assert found(client, "如何学习编程") == ["python"]
    assert found(client, '"river by the"') == ["boats", "ferry"]


def test_what_was_looked_for_is_marked_and_nothing_else_is_markup(
    client: FlaskClient, cast: SimpleNamespace
) -> None:
    text = "Over <i>here</i>: boats & <script>alert(1)</script> 学习。"
    make_post(cast.alice, "<b>Boats</b> & 学习", slug="x", plain=text)
    article = one(page(client, "boat 学习"), "article")
    assert [mark.text() for mark in article.css("h2 mark")] == ["Boats", "学习"]
    assert [mark.text() for mark in article.css(".excerpt mark")] == ["boats", "学习"]
    assert article.css("b, i, script") == []
    assert one(article, "h2").text().strip() == "<b>Boats</b> & 学习"
    assert one(article, ".excerpt").text() == text


def test_what_is_found_in_the_title_alone_shows_the_excerpt(
    client: FlaskClient, library: SimpleNamespace
) -> None:
    article = one(page(client, "学会"), "article")
    assert one(article, ".excerpt").text() == "慢慢来，不着急。"


@pytest.mark.parametrize("status", ["draft", "pending", "private", "trashed", "scheduled"])
def test_what_is_not_public_is_found_by_who_may_edit_it_alone(
    site: Flask, client: FlaskClient, cast: SimpleNamespace, status: str
) -> None:
    later = {"published_at": NOW + timedelta(hours=1)} if status == "scheduled" else {}
    make_post(cast.alice, "Quillfeather", slug="hidden", plain="羽毛笔", status=status, **later)
    for words in ("quillfeather", "羽毛"):
        assert found(client, words) == []
        assert "hidden" not in page(client, words).html
        for actor in ("rita", "bob", "carol"):
            assert found(signed_in(site, actor), words) == []
        for actor in ("alice", "eve", "ada"):
            expected = [] if status == "trashed" else ["hidden"]
            assert found(signed_in(site, actor), words) == expected


def signed_in(site: Flask, actor: str) -> FlaskClient:
    client = browser(site)
    sign_in(client, actor)
    return client


def test_a_contributor_finds_own_drafts_and_no_longer_what_others_took_over(
    site: Flask, cast: SimpleNamespace
) -> None:
    make_post(cast.carol, "Mine", slug="mine", plain="quillfeather", status="draft")
    make_post(cast.carol, "Hidden", slug="hidden", plain="quillfeather", status="private")
    carol = signed_in(site, "carol")
    assert found(carol, "quillfeather") == ["mine"]
    assert "Draft" in one(page(carol, "quillfeather"), "article .meta").text()


def test_a_scheduled_post_is_found_from_its_minute_on(
    client: FlaskClient, cast: SimpleNamespace
) -> None:
    due = NOW + timedelta(minutes=5)
    make_post(cast.alice, "Soon", slug="soon", status="scheduled", published_at=due)
    assert found(client, "soon") == []
    with time_machine.travel(due - timedelta(seconds=1), tick=False):
        assert found(client, "soon") == []
    with time_machine.travel(due, tick=False):
        assert found(client, "soon") == ["soon"]


def test_pages_are_found_too(client: FlaskClient, cast: SimpleNamespace) -> None:
    make_post(cast.ada, "关于我们", slug="about", kind="page", plain="About the lamp")
    assert addresses(page(client, "关于")) == ["/about"]


def test_results_are_narrowed_by_links_and_the_form_keeps_that(
    client: FlaskClient, library: SimpleNamespace
) -> None:
    shown = page(client, "boats")
    links = [node.attributes["href"] or "" for node in shown.css(".head .meta a")]
    assert "/search?q=boats&category=travel" in links
    assert "/search?q=boats&author=alice" in links
    assert "/search?q=boats&in=title" in links
    assert found(client, "boats", category="travel") == ["boats"]
    assert found(client, "boats", author="alice") == ["ferry"]
    assert found(client, "boats", **{"in": "title"}) == ["boats"]
    assert found(client, "boats", category="travel", author="alice") == []
    narrowed = page(client, "boats", category="travel", author="bob", **{"in": "title"})
    kept = {i.attributes["name"]: i.attributes["value"] for i in narrowed.css(".find input")}
    assert kept == {"q": "boats", "category": "travel", "author": "bob", "in": "title"}
    (widened,) = [
        node.attributes["href"]
        for node in narrowed.css(".head .meta a")
        if "category=" not in (node.attributes["href"] or "")
    ]
    assert widened == "/search?q=boats&author=bob&in=title"


def test_a_word_of_the_text_is_no_word_of_the_title(
    client: FlaskClient, library: SimpleNamespace
) -> None:
    assert found(client, "river", **{"in": "title"}) == []
    assert found(client, "习 惯", **{"in": "title"}) == ["habits"]


@pytest.mark.parametrize(
    "words", ["public", "c1", "u3", "#public", "=boats", "marks", "post_search"]
)
def test_what_the_index_holds_for_itself_is_no_word(
    client: FlaskClient, library: SimpleNamespace, words: str
) -> None:
    assert set(found(client, words)) <= {"boats", "ferry"}
    assert found(client, "public") == []


def test_when_nothing_is_found_something_like_it_is_offered(
    client: FlaskClient, library: SimpleNamespace
) -> None:
    shown = page(client, "feryr qauy")
    offered = one(shown, 'main p a[href^="/search?"]')
    assert offered.text() == "ferry quay"
    assert "Nothing was found for “feryr qauy”." in one(shown, "p[role=status]").text()
    assert addresses(page(client, offered.text()))
    narrowed = page(client, "zzzz", category="travel")
    assert one(narrowed, 'main > p a[href="/search?q=zzzz"]')
    assert "categories below" in one(page(client, "zzzz"), "main").text()


def test_without_words_the_page_says_what_it_is_for(client: FlaskClient, site: Flask) -> None:
    for words in ("", "   "):
        assert "quotation marks" in one(page(client, words), ".empty").text()
    assert "no word in this" in one(page(client, "😀 *"), ".empty").text()
    assert client.get("/search").status_code == 200


def test_in_chinese_the_page_is_chinese(client: FlaskClient, library: SimpleNamespace) -> None:
    answer = client.get("/search?q=编程&lang=zh-Hans")
    assert '<html lang="zh-Hans"' in answer.text
    assert "共 1 条结果" in answer.text


def test_results_are_paged_within_their_order(
    client: FlaskClient, cast: SimpleNamespace, site: Flask
) -> None:
    site.config["BLUELOG_POST_PER_PAGE"] = 2
    for n in range(5):
        at = YESTERDAY + timedelta(minutes=n)
        make_post(cast.alice, f"Post {n}", slug=f"p{n}", plain="lamp", published_at=at)
    assert found(client, "lamp") == ["p4", "p3"]
    assert found(client, "lamp", page="2") == ["p2", "p1"]
    last = page(client, "lamp", page="3")
    assert addresses(last) == ["/post/p0"]
    links = {a.attributes.get("rel"): a.attributes["href"] for a in last.css(".pager a")}
    assert links == {"prev": "/search?q=lamp&page=2"}
    for number in ("4", "0", "-1", "x", "²", "99999", ""):
        answer = client.get("/search", query_string={"q": "lamp", "page": number})
        assert answer.status_code == 404, number


def test_the_newest_are_ranked_and_the_page_says_how_many(
    client: FlaskClient, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (queries, view.queries):
        monkeypatch.setattr(module, "MOST_RANKED", 3)
    # The best of all is older than these three, by its date and not by its id.
    for n, days in enumerate((1, 2, 3, 9)):
        plain = "lamp " * (5 if days == 9 else 1)
        at = NOW - timedelta(days=days)
        make_post(cast.alice, f"P {n}", slug=f"p{n}", plain=plain, published_at=at)
    shown = page(client, "lamp")
    assert addresses(shown) == ["/post/p0", "/post/p1", "/post/p2"]
    assert "More than 3 results" in one(shown, ".head [role=status]").text()
    make_post(cast.alice, "New", slug="new", plain="no such word")
    assert found(client, "lamp") == ["p0", "p1", "p2"]


def test_words_that_follow_each_other_are_found_behind_many_where_they_do_not(
    client: FlaskClient, cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (queries, view.queries):
        monkeypatch.setattr(module, "MOST_RANKED", 3)
    apart = "A house of old light. 工人，人智，智能。"
    for n, plain in enumerate([apart, apart, apart, apart, apart, "The light house. 人工智能"]):
        at = NOW - timedelta(days=n + 1)
        make_post(cast.alice, f"P {n}", slug=f"p{n}", plain=plain, published_at=at)
    assert found(client, '"light house"') == found(client, "人工智能") == ["p5"]
    assert found(client, '"light house"', **{"in": "title"}) == []


@pytest.mark.parametrize(
    "words",
    [
        '"', '""', '"unclosed', "'", "a'b", "NEAR(a b, 2)", "title: x", "a OR", "AND", "NOT a",
        "*", "a*", "^a", "(", ")", "{title}: a", "-a", "a + b", "a:b:c", "%", "_", "\\", ";--",
        "'; DROP TABLE post; --", "{0}", "%s %(x)s :name", "😀", "\u202e\u200b", "学" * 10_000,
        "word " * 2000, "\ud7ff", "\uffff", "a\nb\tc\r", "<script>", "&amp;", "½ ﬁ ﷺ",
    ],
)  # fmt: skip
def test_nothing_that_is_typed_breaks_anything(
    client: FlaskClient, library: SimpleNamespace, words: str
) -> None:
    shown = page(client, words)
    assert shown.css("script:not([src])") == []
    assert page(client, words, **{"in": "title"})


def test_a_text_with_a_nul_is_refused_as_everywhere(client: FlaskClient, site: Flask) -> None:
    assert client.get("/search?q=a%00b").status_code == 400
    assert client.get(f"/search?q={quote('学')[:-2]}").status_code == 200


@given(st.text(max_size=80))
@example('"" OR "')
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_typed_is_answered(
    client: FlaskClient, library: SimpleNamespace, words: str
) -> None:
    with client.application.app_context():
        asked = queries.Wish(view.question(words))
        for wish in (asked, queries.Wish(asked.question, 1, 1, in_title=True)):
            assert len(queries.find(wish, None, NOW).fitting) <= 4
            assert len(queries.find(wish, library.ada, NOW).fitting) <= 4


@given(st.lists(st.sampled_from("学习会编程 ab"), min_size=2, max_size=12).map("".join))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_piece_of_a_text_finds_it(
    client: FlaskClient, library: SimpleNamespace, piece: str
) -> None:
    with client.application.app_context():
        post = make_post(library.alice, "Now", slug=f"now-{abs(hash(piece))}", plain=f"在{piece}里")
        try:
            asked = view.question(f'"{piece}"')
            found = queries.find(queries.Wish(asked), None, NOW)
            assert not asked.phrases or post.id in [one.post_id for one in found.fitting]
            assert not asked.phrases or not found.is_loose
        finally:
            db.session.delete(db.session.get_one(type(post), post.id))
            db.session.execute(db.delete(PostAuthor).where(PostAuthor.post_id == post.id))
            db.session.commit()


def test_a_page_of_results_is_in_no_index_and_nowhere_kept(
    client: FlaskClient, library: SimpleNamespace
) -> None:
    answer = client.get("/search?q=boats")
    assert answer.headers["Cache-Control"] == "private, no-store"
    shown = LexborHTMLParser(answer.text)
    assert one(shown, "meta[name=robots]").attributes["content"] == "noindex"
    assert "Set-Cookie" not in answer.headers


def test_every_page_leads_to_the_search(client: FlaskClient, library: SimpleNamespace) -> None:
    for path in ("/", "/post/boats", "/search?q=boats"):
        link = one(LexborHTMLParser(client.get(path).text), '.menu a[href="/search"]')
        assert ("aria-current" in link.attributes) is path.startswith("/search")


def test_only_so_many_search_at_once_and_the_others_are_told_to_come_again(
    site: Flask, library: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "_PATIENCE_SECONDS", 0.05)
    with turns.turn(), turns.turn():
        answer = browser(site).get("/search?q=boats")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert browser(site).get("/").status_code == 200
    assert browser(site).get("/search?q=boats").status_code == 200


def test_readers_who_search_together_are_all_answered(
    site: Flask, library: SimpleNamespace
) -> None:
    codes = at_once(site, *[lambda: browser(site).get("/search?q=学习").status_code] * 6)
    assert codes == [200] * 6


@pytest.mark.skipif(not POSTGRES, reason="SQLite walks its index from the newest post on")
def test_postgres_gives_up_what_takes_too_long(
    client: FlaskClient, library: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = db.text("SET LOCAL statement_timeout = '1ms'")
    monkeypatch.setattr(queries.postgresql, "_PATIENCE", slow)
    monkeypatch.setattr(queries.postgresql, "_has", lambda _: [db.text("pg_sleep(1) IS NOT NULL")])
    answer = client.get("/search?q=boats")
    assert answer.status_code == 503


def test_tags_are_found_and_count_more_than_the_text(
    client: FlaskClient, library: SimpleNamespace
) -> None:
    make_post(library.alice, "Plain", slug="plain", plain="nightfall " * 3 + "and more words")
    tagged = make_post(library.alice, "Tagged", slug="tagged", plain="words and more")
    tag = Tag(name="Nightfalls 黄昏", name_key="nightfalls 黄昏", slug="nightfalls")
    db.session.add(tag)
    db.session.flush()
    db.session.add(PostTag(post_id=tagged.id, tag_id=tag.id))
    db.session.commit()
    assert found(client, "黄昏") == ["tagged"]
    assert found(client, "nightfall") == ["tagged", "plain"]
    tag.name = "Other"
    db.session.commit()
    assert found(client, "黄昏") == []
