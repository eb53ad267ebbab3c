"""Databases of the two editions, made by hand for the tests of the import."""

import sqlite3
from pathlib import Path
from typing import Any

SECRET = "an-old-password"
# Werkzeug's own format, of the password above, with few rounds so that tests stay quick.
SECRET_HASH = (
    "pbkdf2:sha256:1000$6qCJ2pahbBSJtTpz$"
    "513a136ed9c66383748dd96e52c965a5b1b75fcdc6aabc326445c4b6e5dfc05b"
)

_FIRST = """
CREATE TABLE admin (id INTEGER PRIMARY KEY, username VARCHAR(20), password_hash VARCHAR(128),
    blog_title VARCHAR(60), blog_sub_title VARCHAR(100), name VARCHAR(30), about TEXT);
CREATE TABLE category (id INTEGER PRIMARY KEY, name VARCHAR(30) UNIQUE);
CREATE TABLE post (id INTEGER PRIMARY KEY, title VARCHAR(60), body TEXT, timestamp {time},
    can_comment BOOLEAN, category_id INTEGER);
CREATE TABLE comment (id INTEGER PRIMARY KEY, author VARCHAR(30), email VARCHAR(254),
    site VARCHAR(255), body TEXT, from_admin BOOLEAN, reviewed BOOLEAN, timestamp {time},
    replied_id INTEGER, post_id INTEGER);
CREATE TABLE link (id INTEGER PRIMARY KEY, name VARCHAR(30), url VARCHAR(255));
"""
_SECOND = """
ALTER TABLE post RENAME COLUMN timestamp TO created_at;
ALTER TABLE post ADD COLUMN updated_at {time};
ALTER TABLE comment RENAME COLUMN timestamp TO created_at;
ALTER TABLE admin ADD COLUMN custom_footer TEXT;
ALTER TABLE admin ADD COLUMN custom_css TEXT;
ALTER TABLE admin ADD COLUMN custom_js TEXT;
"""
TABLES = {1: _FIRST, 2: _FIRST + _SECOND}


class OtherBlog:
    """The other blog's database; rows are added by columns. `edition` is 1 or 2."""

    def __init__(self, address: str, connection: Any, edition: int) -> None:
        self.address = address
        self.created = "timestamp" if edition == 1 else "created_at"
        self._connection = connection
        self._is_file = isinstance(connection, sqlite3.Connection)
        self._ids: dict[str, int] = {}
        for statement in TABLES[edition].split(";"):
            if statement.strip():
                time = "DATETIME" if self._is_file else "TIMESTAMP"
                connection.execute(statement.format(time=time))
        connection.commit()

    def add(self, table: str, **columns: Any) -> int:
        """Add a row, its id the next one unless it is given, and commit."""
        row_id = columns.setdefault("id", self._ids.get(table, 0) + 1)
        self._ids[table] = row_id
        names = ", ".join(columns)
        marks = ", ".join(["?" if self._is_file else "%s"] * len(columns))
        query = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - columns of ours
        self._connection.execute(query, list(columns.values()))
        self._connection.commit()
        return row_id

    def execute(self, statement: str) -> None:
        self._connection.execute(statement)
        self._connection.commit()

    def admin(self, **columns: Any) -> int:
        given = {
            "username": "mima",
            "password_hash": SECRET_HASH,
            "blog_title": "Old Lantern",
            "blog_sub_title": "Since 2018",
            "name": "Mima Kirigoe",
            "about": "<p>All about me.</p>",
        }
        return self.add("admin", **(given | columns))

    def post(
        self, title: str | None = "A post", body: str | None = "<p>Text.</p>", **rest: Any
    ) -> int:
        time = rest.pop("at", "2021-05-06 07:08:09.000000")
        given = {"can_comment": True, "category_id": 1, self.created: time}
        return self.add("post", title=title, body=body, **(given | rest))

    def comment(self, post_id: int | None, body: str | None = "Well said.", **rest: Any) -> int:
        time = rest.pop("at", "2021-06-07 08:09:10.000000")
        given = {
            "author": "Guest",
            "email": "guest@example.com",
            "site": "https://example.com/",
            "from_admin": False,
            "reviewed": True,
            self.created: time,
        }
        return self.add("comment", post_id=post_id, body=body, **(given | rest))

    def close(self) -> None:
        self._connection.close()


def on_file(path: Path, edition: int = 1) -> OtherBlog:
    """An empty database of that edition in a SQLite file."""
    return OtherBlog(str(path), sqlite3.connect(path), edition)


def furnish(blog: OtherBlog) -> OtherBlog:
    """What every blog has: an administrator, two categories, two posts, a conversation, a link."""
    blog.admin()
    blog.add("category", name="Default")
    blog.add("category", name="学习")
    first = blog.post("Hello world", "<p>Good <b>morning</b>.</p>")
    blog.post("你好，世界", "<p>今天天气很好，我们去公园散步。</p>", category_id=2)
    asked = blog.comment(first, "How are you?")
    blog.comment(first, "Fine, thanks.", from_admin=True, author="Mima", replied_id=asked)
    blog.comment(first, "Buy now.", reviewed=False)
    blog.add("link", name="Friend", url="https://friend.example/")
    return blog
