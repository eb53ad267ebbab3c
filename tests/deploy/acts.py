"""What people do on a running blog, without a screen."""

import re
import secrets
from typing import Protocol
from urllib.parse import urlsplit

from tests.deploy.asking import Answer, Client

PASSWORD = "a-lantern-by-the-window"
TITLE = "The Night Ferry"


class Blog(Protocol):
    """Whatever has the command `flask`."""

    def flask(self, *words: str) -> str:
        """Run a command of it; what it printed."""


def set_up(blog: Blog) -> None:
    """Make ada and the blog, as an operator does in a terminal."""
    words = ["--username", "ada", "--password", PASSWORD, "--email", "ada@example.com"]
    blog.flask("init", *words, "--title", TITLE)


def post_form(ada: Client, title: str, text: str) -> dict[str, str]:
    """The editor's form, filled in."""
    page = ada.get("/admin/posts/new")
    kept = ("csrf_token", "submission_id")
    typed = {"title": title, "source": f"<p>{text}</p>", "language": "en", "comments_open": "y"}
    options = page.text.partition('name="category_id"')[2]
    category = re.search(r'<option[^>]*value="(\d+)"', options)
    assert category
    return {name: page.field(name) for name in kept} | typed | {"category_id": category[1]}


def publish(ada: Client, title: str, text: str = "It was still burning at four.") -> str:
    """Write a post and publish it; its address."""
    answer = ada.post("/admin/posts/new/publication", post_form(ada, title, text))
    assert answer.status == 303, answer.text
    return urlsplit(answer.headers["Location"]).path


def comment_form(reader: Client, path: str, words: str) -> dict[str, str]:
    """The comment form under a post, filled in by a guest."""
    stamp = reader.get(path).field("stamp")
    who = {"author": "Greta", "email": f"greta-{secrets.token_hex(4)}@example.com"}
    return {"stamp": stamp, "body": words} | who


def comment(reader: Client, path: str, words: str, **headers: str) -> Answer:
    return reader.post(path, comment_form(reader, path, words), **headers)
