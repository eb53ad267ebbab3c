"""Fill an empty, migrated blog with a thousand to a million posts, by a dozen statements.

    .venv/bin/python -m bench.fill --posts 100000 --database sqlite:////tmp/full.db

The spread is that of a blog: few categories and authors have most, one post in forty is no
longer or not yet public, one comment in thirty neither, every third comment is an answer, in the
one long conversation as well. Kept counts are right. The same numbers give the same rows.
A million posts take some 13 GB.
"""

import argparse
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from bluelog import create_app
from bluelog.extensions import db, upgrade_tables
from bluelog.settings import TestingConfig
from bluelog.text.search.entries import ID_BITS
from bluelog.text.search.tokens import grams, joined, tokens

_CACHE_KIB = 1024**2
SPAN_SECONDS = 20 * 365 * 86_400
SENTENCE = "The lamp on the quay was lit before the boats came in, and nobody asked by whom. "
_COUNTED = (
    *("category", "tag", "series", "user", "post", "comment", "redirect", "audit_event", "upload"),
)
ADA, EDITOR, CONTRIBUTOR = 1, 2, 5
# Pages beside the posts are few on any blog, and so are categories: both are shown whole. Of the
# tags so many are on posts.
WRITERS, CATEGORIES, TAGS, PAGES = 200, 40, 120, 8


@dataclass(frozen=True)
class Size:
    """How much of what; a reader has an account for every ten posts.

    The more is written, the more tags are there that no post has any more.
    """

    posts: int
    comments_a_post: int = 10
    long_conversation: int = 100_000
    words: int = 300

    @property
    def people(self) -> int:
        return WRITERS + self.posts // 10

    @property
    def tags(self) -> int:
        return TAGS + min(self.posts // 4, 20_000)

    @property
    def busiest(self) -> int:
        """The id of the post with the long conversation: in the middle, and public."""
        return PAGES + self.posts // 2 // 200 * 200 + 1


# No fields at all, as a revision keeps them.
_NOTHING = zlib.compress(b"{}").hex()


def fill(engine: Engine, size: Size, at: datetime) -> None:
    """Make every row, as of a time; the tables must be migrated and empty."""
    with engine.connect() as connection:
        with _in_a_hurry(connection):
            for statement in (*_STATEMENTS, *_INDEXED[connection.dialect.name]):
                _run(connection, statement, size, at)
                connection.commit()  # or the journal would grow as large as the whole
        if connection.dialect.name == "postgresql":
            for table in _COUNTED:
                connection.execute(text(_SEQUENCE.format(table=table)))
        connection.commit()
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


@contextmanager
def _in_a_hurry(connection: Connection) -> Iterator[None]:
    """With much of SQLite's file in memory, for each row is put into many indexes, and no waiting
    for the disk.
    """
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    usual = {
        name: driver.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("cache_size", "synchronous")
    }
    driver.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    driver.execute("PRAGMA synchronous = OFF")
    try:
        yield
    finally:
        connection.rollback()
        for name, value in usual.items():
            driver.execute(f"PRAGMA {name} = {value}")


def make_app(database: str, folder: Path) -> object:
    """An app on that database, migrated, whose page cache is off."""
    settings = {
        "DATABASE_URL": database,
        "BLUELOG_DATA_DIR": str(folder),
        "BLUELOG_URL": "http://localhost",
        "BLUELOG_PAGE_CACHE_BYTES": "0",
    }
    app = create_app(TestingConfig(settings))
    with app.app_context():
        upgrade_tables(app)
    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--database", required=True)
    options = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(options.database, Path(folder))
        with app.app_context():
            fill(db.engine, Size(options.posts, words=options.words), datetime.now(UTC))
    print(f"{options.posts} posts in {time.monotonic() - began:.0f} s")


def _run(connection: Connection, statement: str, size: Size, at: datetime) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    moment = (
        "strftime('%Y-%m-%d %H:%M:%S.000000', {}, 'unixepoch')" if is_sqlite else "to_timestamp({})"
    )
    now = int(at.timestamp())
    # The newest post is a minute old; the others go back from there, evenly.
    written = f"{now} - 60 - CAST(({{}}) AS BIGINT) * {SPAN_SECONDS} / {size.posts}"
    sql = statement.format(
        count=size.posts,
        pages=PAGES,
        posts_end=PAGES + size.posts,
        people=size.people,
        writers=WRITERS,
        categories=CATEGORIES,
        tags=TAGS,
        all_tags=size.tags,
        year=_part("year", is_sqlite=is_sqlite),
        month=_part("month", is_sqlite=is_sqlite),
        busiest=size.busiest,
        comments=size.comments_a_post,
        long=size.long_conversation,
        now=moment.format(now),
        soon=moment.format(f"{now} + 3600 + i * 60"),
        lately=moment.format(f"{now} - 86400"),
        later=moment.format(f"{now} + 2592000"),
        post_time=moment.format(written.format(f"{PAGES + size.posts} - i")),
        said=moment.format(written.format(f"{PAGES + size.posts} - i") + " + 30"),
        said_there=_approved(size.comments_a_post),
        body=_body(SENTENCE, size.words, is_sqlite=is_sqlite),
        tokens=_body(joined(tokens(SENTENCE)) + " ", size.words, is_sqlite=is_sqlite),
        grams=", ".join(f"'{gram}'" for gram in sorted({*grams(tokens(SENTENCE))})),
        place=_place(f"{now} + 3600 + i * 60", written.format(f"{PAGES + size.posts} - i")),
        words=size.words,
        empty="'{}'",
        digest="printf('%064x', i)" if is_sqlite else "lpad(to_hex(i), 64, '0')",
        packed=f"x'{_NOTHING}'" if is_sqlite else f"decode('{_NOTHING}', 'hex')",
        pad="printf('%07d', i)" if is_sqlite else "lpad(CAST(i AS text), 7, '0')",
    )
    connection.execute(text(sql.replace(":", "\\:")))


def _part(name: str, *, is_sqlite: bool) -> str:
    """SQL for the year or month of a publication, in UTC."""
    if is_sqlite:
        return f"CAST(strftime('{'%Y' if name == 'year' else '%m'}', published_at) AS INTEGER)"
    return f"CAST(extract({name} FROM published_at AT TIME ZONE 'UTC') AS INTEGER)"


def _approved(comments: int) -> str:
    """SQL for how many of a post's comments are approved."""
    first = f"(i - {PAGES} - 1) * {comments}"
    others = (
        f"CASE WHEN ({first} + {k}) % 100 IN (0, 33, 66) THEN 1 ELSE 0 END"
        for k in range(3, comments + 1, 3)
    )
    return " - ".join([str(comments), *others])


def _place(soon: str, written: str) -> str:
    """SQL for where the search index has a post."""
    seconds = f"CAST(CASE WHEN status = 'scheduled' THEN {soon} ELSE {written} END AS BIGINT)"
    return f"({seconds} * {2**ID_BITS} + i)"


def _body(sentence: str, words: int, *, is_sqlite: bool) -> str:
    """SQL for a text of that many words on the average, between a quarter and seven of them."""
    sentences = max(1, words // 16)
    many = f"{max(1, sentences // 4)} + (i * 7) % {max(1, 3 * sentences // 2)}"
    if is_sqlite:
        return f"replace(printf('%.*c', {many}, 'x'), 'x', '{sentence}')"
    return f"repeat('{sentence}', {many})"


# What is unlike others falls on fixed places among 200; `i * 7919 % 997` stands for chance, and
# its square makes small numbers frequent.
_UP_TO = (
    "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n)"
)
_SKEWED = "(CAST(i AS BIGINT) * 7919 % 997) * (CAST(i AS BIGINT) * 7919 % 997)"
_CATEGORY = f"CASE WHEN kind = 'post' THEN 1 + ({_SKEWED}) * {{categories}} / 994009 END"
# Each post has two tags beside each other, and few tags have most.
_TAG = f"1 + (({_SKEWED}) * {{tags}} / 994009 + nth) % {{tags}}"
_STATUS = """CASE ({} - {{pages}}) % 200
    WHEN 50 THEN 'draft' WHEN 90 THEN 'draft' WHEN 130 THEN 'pending' WHEN 140 THEN 'private'
    WHEN 150 THEN 'trashed' WHEN 160 THEN 'scheduled' ELSE 'published' END"""
_PUBLISHED_AT = """CASE WHEN status = 'scheduled' THEN {soon}
    WHEN status IN ('draft', 'pending') THEN NULL ELSE {post_time} END"""
# Every statement goes by the numbers: a row of the posts is too long to be read for a column.
_POSTS = f"""(SELECT i, CASE WHEN i <= {{pages}} THEN 'page' ELSE 'post' END AS kind,
    CASE WHEN i <= {{pages}} THEN 'published' ELSE {_STATUS.format("i")} END AS status
    FROM {_UP_TO.format("{posts_end}")} AS numbers)"""
_ROOT = "(k % 3 != 2 OR k = 1)"
_IS_PUBLIC = "status IN ('published', 'scheduled')"
_AUTHOR = f"1 + ({_SKEWED}) * {{writers}} / 994009"
# What the index is narrowed by, a space on either side of each.
_MARKS = f"""CASE WHEN {_IS_PUBLIC} THEN ' public' ELSE '' END
    || CASE WHEN kind = 'post' THEN ' c' || ({_CATEGORY}) ELSE '' END
    || ' u' || ({_AUTHOR}) || ' '"""

# Of every two hundred posts some are a series.
_IS_PART = "kind = 'post' AND i % 200 BETWEEN 1 AND 30"

_STATEMENTS = (
    """INSERT INTO site (id, title, description, language, time_zone, text_font, slug_style,
        registration_open, sidebar, comment_days, feed_text, ai_crawlers, custom_css, custom_js,
        footer, version, created_at)
    VALUES (1, 'Full', '', 'en', 'UTC', 'serif', 'pinyin', false, true, 0, 'full', true, '', '',
        '', 1, {now})""",
    f"""INSERT INTO category (id, name, name_key, slug, is_default, post_count)
    SELECT i, 'Category ' || i, 'category ' || i, 'category-' || i, i = 1, 0 FROM
    {_UP_TO.format("{categories}")} AS n""",
    f"""INSERT INTO "user" (id, username, username_key, email, email_key, name, role, status, bio,
        website, session_generation, created_at)
    SELECT i, 'person' || i, 'person' || i, 'p' || i || '@example.org', 'p' || i || '@example.org',
        'Person ' || i, CASE WHEN i = 1 THEN 'administrator' WHEN i < 5 THEN 'editor'
        WHEN i = 5 THEN 'contributor'
        WHEN i <= {{writers}} THEN 'author' ELSE 'reader' END, 'active', '', '', 0, {{now}}
    FROM {_UP_TO.format("{people}")} AS n""",
    f"""INSERT INTO series (id, name, name_key, slug, description)
    SELECT i, 'Series ' || i, 'series ' || i, 'series-' || i, '' FROM
    {_UP_TO.format("1 + {posts_end} / 200")} AS n""",
    f"""INSERT INTO post (id, kind, language, status, former_status, title, slug, source_format,
        source, html, plain, excerpt, summary, words, category_id, comments_open, comment_count,
        published_at, created_at, updated_at, trashed_at, review_note, version, revision, series_id,
        part, position)
    SELECT i, kind, 'en', status, 'draft', 'Number ' || i, 'post-' || {{pad}}, 'html',
        '<p>' || body || '</p>', '<p>' || body || '</p>', body, '', substr(body, 1, 160), {{words}},
        {_CATEGORY}, true, CASE WHEN kind = 'post' AND status = 'published' THEN {{said_there}}
        ELSE 0 END, {_PUBLISHED_AT}, {{post_time}}, {{post_time}},
        CASE WHEN status = 'trashed' THEN {{lately}} END, '', 1, 0,
        CASE WHEN {_IS_PART} THEN 1 + i / 200 END, CASE WHEN {_IS_PART} THEN i % 200 END, 0
    FROM (SELECT *, {{body}} AS body FROM {_POSTS} AS numbered) AS made""",
    """UPDATE post SET parent_id = 1, parent_slug = (SELECT slug FROM post AS top WHERE top.id = 1),
        position = id WHERE id BETWEEN {pages} / 2 AND {pages}""",
    f"""INSERT INTO menu_item (menu, position, kind, post_id, url, label)
    SELECT 'main', 9 + i, 'page', i, '', '' FROM {_UP_TO.format("{pages} / 2 - 1")} AS n""",
    f"""INSERT INTO post_author (post_id, user_id, position, public_at, status, edited_at)
    SELECT i, {_AUTHOR}, 0,
        CASE WHEN kind = 'post' AND status IN ('published', 'scheduled') THEN {_PUBLISHED_AT} END,
        status, {{post_time}} FROM {_POSTS} AS numbered""",
    f"""INSERT INTO tag (id, name, name_key, slug, post_count)
    SELECT i, 'Tag ' || i, 'tag ' || i, 'tag-' || i, 0 FROM {_UP_TO.format("{all_tags}")} AS n""",
    f"""INSERT INTO post_tag (post_id, tag_id, position, public_at, status, edited_at)
    SELECT i, {_TAG}, nth,
        CASE WHEN status IN ('published', 'scheduled') THEN {_PUBLISHED_AT} END, status,
        {{post_time}} FROM {_POSTS} AS numbered, (SELECT 0 AS nth UNION ALL SELECT 1) AS two
    WHERE kind = 'post' ORDER BY i, nth""",
    """UPDATE tag SET post_count = (SELECT count(*) FROM post_tag
        WHERE tag_id = tag.id AND status = 'published')""",
    """INSERT INTO archive_month (year, month, post_count)
    SELECT {year}, {month}, count(*) FROM post WHERE kind = 'post' AND status = 'published'
    GROUP BY 1, 2""",
    # A picture for each post, of which the first is shown by every tenth.
    f"""INSERT INTO upload (id, digest, source_digest, extension, width, height, size,
        original_name, widths, variants_at, user_id, created_at, alt, caption, search_text, formats,
        formats_at, state, trashed_at)
    SELECT i, {{digest}}, {{digest}}, 'jpg', 1600, 900, 200000, 'picture ' || i || '.jpg',
        '480,960,1440', {{now}}, 1 + i % {{writers}}, {{now}}, '', '',
        CASE WHEN i % 100 = 7 THEN 'harbour' ELSE 'picture' END || ' ' || i || '.jpg',
        'avif,webp', {{now}}, CASE i % 100 WHEN 20 THEN 'trashed' WHEN 40 THEN 'unused'
        WHEN 60 THEN 'unused' ELSE 'used' END, CASE WHEN i % 100 = 20 THEN {{lately}} END
    FROM {_UP_TO.format("{posts_end}")} AS n""",
    f"""INSERT INTO upload_use (upload_id, post_id, in_text, as_cover, is_dated)
    SELECT i, i, true, false, false FROM {_UP_TO.format("{posts_end}")} AS n
    WHERE i % 100 NOT IN (20, 40, 60)""",
    f"""INSERT INTO upload_use (upload_id, post_id, in_text, as_cover, is_dated)
    SELECT 1, i, true, false, false FROM {_UP_TO.format("{posts_end}")} AS n WHERE i % 10 = 0""",
    # Ids follow the posts, as the comments of a day follow its posts.
    f"""INSERT INTO comment (id, post_id, thread_id, parent_id, status, user_id, name, email, site,
        body, html, locale, from_staff, reply_mailed, created_at, trashed_at)
    SELECT id, i, CASE WHEN {_ROOT} THEN id ELSE id - 1 END,
        CASE WHEN {_ROOT} THEN NULL ELSE id - 1 END, status,
        CASE WHEN id % 20 = 0 THEN 1 + id % {{writers}} WHEN id % 5 = 0
            THEN 1 + id % {{people}} END,
        CASE WHEN id % 5 = 0 THEN '' ELSE 'Guest ' || id END, '', '', 'Well said, number ' ||
        id, '<p>Well said, number ' || id || '</p>', 'en', id % 20 = 0, true, {{said}},
        CASE WHEN status IN ('spam', 'trashed') THEN {{lately}} END
    FROM (SELECT id, k, i, CASE WHEN k % 3 != 0 THEN 'approved'
            ELSE CASE id % 100 WHEN 0 THEN 'pending' WHEN 33 THEN 'spam' WHEN 66 THEN 'trashed'
            ELSE 'approved' END END AS status
        FROM (SELECT i AS id, {{pages}} + 1 + (i - 1) / {{comments}} AS i,
            1 + (i - 1) % {{comments}} AS k
            FROM {_UP_TO.format("{count} * {comments}")} AS many
        UNION ALL SELECT {{count}} * {{comments}} + i, {{busiest}}, i
            FROM {_UP_TO.format("{long}")} AS more) AS placed) AS said
    WHERE {_STATUS.format("i")} = 'published'""",
    """INSERT INTO comment_moderator (user_id, comment_id, status, from_staff)
    SELECT post_author.user_id, comment.id, comment.status, comment.from_staff FROM comment
    JOIN post_author ON post_author.post_id = comment.post_id ORDER BY 1, 2""",
    """UPDATE post SET comment_count = (SELECT count(*) FROM comment
        WHERE comment.post_id = post.id AND comment.status = 'approved') WHERE id = {busiest}""",
    f"""UPDATE category SET post_count = total FROM (SELECT {_CATEGORY} AS filed, count(*) AS total
        FROM {_POSTS} AS numbered WHERE kind = 'post' AND status = 'published'
        GROUP BY 1) AS counted WHERE filed = category.id""",
    # One of each post, and of the first as many as a tenth of all posts.
    f"""INSERT INTO revision (post_id, number, version, user_id, saved_at, status, title, words,
        fields)
    SELECT i, 1, 1, 1, {{post_time}}, 'published', 'Number ' || i, {{words}}, {{packed}}
    FROM {_POSTS} AS numbered
    UNION ALL SELECT {{pages}} + 1, i + 1, i + 1, 1, {{now}}, 'published', 'Number', {{words}},
        {{packed}} FROM {_UP_TO.format("{count} / 10")} AS n""",
    # Pictures that no post shows any more: what many were, and what many are writing, does.
    """INSERT INTO upload_former_use (upload_id, post_id, revision_id)
    SELECT 40, post_id, id FROM revision WHERE post_id % 10 = 0""",
    f"""INSERT INTO working_copy (user_id, submission_id, kind, saved_at, title, fields)
    SELECT 1 + i % {{writers}}, 'copy ' || i, 'post', {{now}}, 'Number ' || i, {{packed}}
    FROM {_UP_TO.format("{count} / 10")} AS n""",
    """INSERT INTO upload_unsaved_use (upload_id, copy_id) SELECT 60, id FROM working_copy""",
    """UPDATE upload SET state = 'used' WHERE id = 60""",
    # Of the posts that are pinned the newest is in the middle; one waits for its time.
    f"""UPDATE post SET pinned_at = {{now}} WHERE id IN ({{busiest}}, {{busiest}} + 1,
        {{busiest}} + 200, {{posts_end}}, (SELECT min(id) FROM post WHERE status = 'scheduled'))
        AND {_IS_PUBLIC}""",
    # Each post is related to four before it; three wait for the worker.
    f"""INSERT INTO post_relation (post_id, related_id, score)
    SELECT i, i - 3 * nth, 1000 - nth FROM {_POSTS} AS numbered,
        (SELECT 1 AS nth UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) AS four
    WHERE status = 'published' AND i - 3 * nth > {{pages}} ORDER BY 1, 2""",
    """INSERT INTO relation_due (post_id, since)
    SELECT id, {now} FROM post WHERE id IN ({busiest}, {busiest} + 1, {busiest} + 2)""",
    """INSERT INTO link (name, url) VALUES ('A friend', 'https://friend.example.org/')""",
    """INSERT INTO user_session (key_hash, user_id, generation, created_at, seen_at, expires_at)
    SELECT 'none ' || id, id, 0, {now}, {now}, {later} FROM "user" """,
    f"""INSERT INTO redirect (id, path, target, created_at, hits) SELECT i, '/post/old-' || i,
        '/post/post-' || {{pad}}, {{now}}, i % 7 FROM {_POSTS} AS numbered WHERE i % 10 = 0""",
    f"""INSERT INTO audit_event (id, at, actor_id, action, subject, subject_id, before)
    SELECT i, {{post_time}}, i % {{writers}} + 1, 'post.publish', 'post', i, {{empty}}
    FROM {_POSTS} AS numbered""",
    f"""INSERT INTO outgoing_mail (template, locale, recipient, context, message_id, status,
        attempts, due_at, created_at, error)
    SELECT 'test', 'en', 'p@example.org', {{empty}}, 'm' || i,
        CASE WHEN i % 500 = 0 THEN 'failed' ELSE 'sent' END, 1, {{now}}, {{now}}, ''
    FROM {_POSTS} AS numbered WHERE i % 10 = 0""",
    f"""INSERT INTO post_read_total (post_id, period, count)
    SELECT i, '', 1 + {_SKEWED} FROM {_POSTS} AS numbered WHERE status = 'published'""",
    """INSERT INTO post_read_total (post_id, period, count)
    SELECT post_id, substr(CAST({now} AS text), 1, 7), count / 12 FROM post_read_total""",
    f"""INSERT INTO post_read (post_id, day, source, count)
    SELECT i, date({{now}}), 'example.org', 1 + i % 9 FROM {_POSTS} AS numbered
    WHERE status = 'published'""",
    f"""INSERT INTO site_read (day, source, count)
    SELECT date({{now}}), 's' || i || '.example.org', i FROM {_UP_TO.format("50")} AS n""",
    f"""INSERT INTO missing_address (path, count, last_at, referrer, lead, is_ignored)
    SELECT '/missing/' || i, 1 + i % 97, {{now}}, '', 0, i % 10 = 0
    FROM {_UP_TO.format("1000")} AS n""",
    # Written since: without the growth, a page that was kept before would pass for current.
    """UPDATE content_revision SET content = content + 1, frame = frame + 1""",
)
# The index of words, a row a post.
_NONE = "CAST(ARRAY[] AS text[])"
# Both tags, the smaller number first.
_ONE, _OTHER = (f"({_TAG.replace('nth', nth)})" for nth in "01")
_TAGS = f"""CASE WHEN kind != 'post' THEN '' WHEN {_ONE} < {_OTHER}
    THEN 'tag ' || {_ONE} || ' tag ' || {_OTHER} ELSE 'tag ' || {_OTHER} || ' tag ' || {_ONE} END"""
_TAG_GRAMS = f"ARRAY['tag', CAST({_ONE} AS text), CAST({_OTHER} AS text)]"
_INDEXED = {
    "sqlite": (
        f"""INSERT INTO post_search_place (post_id, place) SELECT i, {{place}}
        FROM {_POSTS} AS numbered""",
        f"""INSERT INTO post_search (rowid, title, tags, body, marks)
        SELECT {{place}}, 'number ' || i, {_TAGS}, rtrim({{tokens}}), {_MARKS}
        FROM {_POSTS} AS numbered ORDER BY 1""",
    ),
    "postgresql": (
        f"""INSERT INTO post_search (post_id, place, title, tags, body, marks, grams)
        SELECT i, {{place}}, 'number ' || i, {_TAGS}, rtrim({{tokens}}), {_MARKS},
            ARRAY[{{grams}}, 'number', CAST(i AS text), '=number', '=' || i, '#u' || ({_AUTHOR})]
            || CASE WHEN {_IS_PUBLIC} THEN ARRAY['#public'] ELSE {_NONE} END
            || CASE WHEN kind = 'post' THEN ARRAY['#c' || ({_CATEGORY})] || {_TAG_GRAMS}
                ELSE {_NONE} END
        FROM {_POSTS} AS numbered""",
    ),
}
_SEQUENCE = """SELECT setval(pg_get_serial_sequence('"{table}"', 'id'), max(id)) FROM "{table}" """

if __name__ == "__main__":
    main()
