"""What lines of an access log say, who counts as a reader, and the bars of a plot."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluelog.text.access_line import parse, words_of, written
from bluelog.text.plot import plot_of
from bluelog.text.visits import is_noise, is_reader, page_of, site_of

AT = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
PRINTED = st.text(st.characters(blacklist_categories=("Cs",)), max_size=60)
PATHS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=60)
READERS = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 14; CUBOT KINGKONG) AppleWebKit/537.36 Chrome/140.0 Mobile Safari",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50 Language/zh_CN",
    "Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.18",
]
ROBOTS = [
    "",
    "curl/8.5.0",
    "python-requests/2.32",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (compatible; Yahoo! Slurp)",
    "FeedFetcher-Google",
]


@given(PATHS, PRINTED, PRINTED)
def test_what_the_app_writes_is_read_as_it_was(path: str, referrer: str, agent: str) -> None:
    said = ("GET", f"/{path}", "200", referrer, agent, "prefetch")
    line = written("192.0.2.1", int(AT.timestamp()), words_of(*said))
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    found = parse(line[:-1])
    assert found
    assert found[:5] == ("192.0.2.1", AT, "GET", f"/{path}", 200)
    assert found.referrer == ("" if referrer == "-" else referrer)
    assert found.agent == ("" if agent == "-" else agent)
    assert found.purpose == "prefetch"


def test_what_is_not_wanted_is_left_by_its_method_agent_and_purpose() -> None:
    asked = []

    def wanted(*who: str) -> bool:
        asked.append(who)
        return False

    line = written("192.0.2.1", 0, words_of("HEAD", "/a", "200", "-", "A robot", "prefetch"))
    assert parse(line[:-1], wanted) is None
    assert asked == [("HEAD", "A robot", "prefetch")]


@given(st.binary(max_size=300))
def test_any_line_is_read_or_passed_over(line: bytes) -> None:
    parse(line)


@pytest.mark.parametrize("agent", READERS)
def test_browsers_are_readers(agent: str) -> None:
    assert is_reader(agent)


@pytest.mark.parametrize("agent", ROBOTS)
def test_robots_are_none(agent: str) -> None:
    assert not is_reader(agent)


@pytest.mark.parametrize(
    ("referrer", "site", "page"),
    [
        ("https://www.Example.org/a?b=c#d", "example.org", "https://www.example.org/a"),
        ("http://me:secret@example.org:8080/", "example.org", "http://example.org:8080/"),
        ("android-app://com.example/", "", ""),
        ("https://[::1", "", ""),
        ("https://exa mple.org/", "", ""),
        ("https://例子.example/", "", ""),
        ("nonsense", "", ""),
        ("https://" + "a" * 200 + ".example/", "", ""),
    ],
)
def test_what_a_referrer_tells(referrer: str, site: str, page: str) -> None:
    assert (site_of(referrer), page_of(referrer)) == (site, page)


def test_noise_is_told_from_old_addresses() -> None:
    assert all(map(is_noise, ["/wp-admin/", "/x/.env", "/backup.sql", "/a\x00", "/.well-known/x"]))
    assert all(map(is_noise, ["/wordpress", "/blog/wp-login.php", "/solr/x", "/favicon-32.png"]))
    assert all(map(is_noise, ["/phpinfo.php", "/xmlrpc.php", "/post/.env", "/post/a\x00"]))
    assert not any(map(is_noise, ["/2019/a.html", "/index.php", "/旧址/", "/tag/wordplay"]))
    assert not any(map(is_noise, ["/post/wordpress-to-bluelog", "/2019/wp-tips", "/hudson-river"]))
    assert not any(map(is_noise, ["/jenkins-setup/", "/favicon-how-to", "/post/backup.sql"]))


def test_a_plot_has_a_bar_a_day_and_a_week_where_there_are_many() -> None:
    year = [(date(2026, 1, 1) + timedelta(days=n), n % 3) for n in range(365)]
    month = plot_of(year[-30:])
    assert (len(month.bars), month.is_by_day, month.top) == (30, True, 4)
    weeks = plot_of(year)
    assert (len(weeks.bars), weeks.is_by_day) == (53, False)
    assert sum(bar.count for bar in weeks.bars) == sum(count for _, count in year)
    assert weeks.bars[-1].last - weeks.bars[-1].first == timedelta(days=6)
    assert weeks.bars[0].first == weeks.bars[0].last == date(2026, 1, 1)


def test_no_bar_is_higher_than_the_plot_and_none_that_counts_is_too_low_to_see() -> None:
    for most in (0, 1, 4, 5, 11, 999, 123_456):
        plot = plot_of([(date(2026, 1, 1), most), (date(2026, 1, 2), 1), (date(2026, 1, 3), 0)])
        heights = [bar.height for bar in plot.bars]
        assert max(heights) <= 100
        assert heights[1] >= 1.5
        assert heights[2] == 0
