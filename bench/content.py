"""A blog to measure: posts of every kind, the demo's essays, and the post that is asked for."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.deploy.asking import Client

ROOT = Path(__file__).parent.parent
WORDS, COMMENTS, POSTS, LONG_CONVERSATION = 600, 5, 1000, 5000
SLUG = "the-measured-post"
PASSWORD = "a-lantern-by-the-window"


def fill(environ: dict[str, str]) -> None:
    """Migrate, fill, add the demo with its pictures, and the measured post with its comments."""
    flask = [sys.executable, "-m", "flask"]
    demo = ["forge", *("--category", "0", "--post", "0", "--comment", "0", "--reply", "0"), "--yes"]
    _run([*flask, "db", "upgrade"], environ)
    _run([sys.executable, "-m", "bench.content", "posts"], environ)
    _run([*flask, *demo], environ)
    _run([sys.executable, "-m", "bench.content", "measured"], environ)


def addresses(environ: dict[str, str]) -> dict[str, dict[str, str]]:
    """Every kind of page of the filled blog by its name: those for readers, and the dashboard's."""
    found: dict[str, dict[str, str]] = json.loads(
        _run([sys.executable, "-m", "bench.content", "addresses"], environ)
    )
    return found


def administrator(environ: dict[str, str], url: str) -> Client:
    """A browser in which the demo's administrator is signed in."""
    words = ["init", "--username", "ada", "--password", PASSWORD]
    _run([sys.executable, "-m", "flask", *words], environ)
    ada = Client(url)
    ada.sign_in("ada", PASSWORD)
    return ada


def _run(command: list[str], environ: dict[str, str]) -> str:
    done = subprocess.run(
        command, env=environ, cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def add_posts() -> None:
    """What `bench.pages` has addresses of."""
    from bench.fill import Size, fill
    from bluelog.clock import now
    from bluelog.extensions import db

    fill(db.engine, Size(POSTS, long_conversation=LONG_CONVERSATION), now())


def print_addresses() -> None:
    """The addresses of `bench.pages` as JSON."""
    from bench import pages
    from bench.fill import Size

    dashboard = pages.dashboard_pages() | pages.forms()
    print(json.dumps({"readers": pages.readers_pages(Size(POSTS)), "dashboard": dashboard}))


def add_measured_post() -> None:
    """One post of 600 words with five comments, written by the first administrator."""
    from sqlalchemy import select

    from bluelog.clock import now
    from bluelog.extensions import db
    from bluelog.models import Role, User
    from bluelog.services import comments, posts

    ada = db.session.scalars(select(User).where(User.role == Role.ADMINISTRATOR)).first()
    assert ada is not None
    paragraph = "<p>" + " ".join(["lantern", "harbour", "letter", "evening"] * 15) + ".</p>"
    words = posts.Content("The measured post", paragraph * (WORDS // 60), "en", slug=SLUG)
    post_id = posts.create_published(words, by=ada, at=now()).id
    for number in range(COMMENTS):
        said = comments.Words(post_id, f"Comment {number}. " + "It was so. " * 12, f"s{number}")
        writer = db.session.get_one(User, ada.id)
        comments.submit(said, by=writer, address="127.0.0.1", at=now())


def main() -> None:
    """Do one of these in an app of its own, so that whoever measures stays small."""
    from bluelog import create_app

    os.environ.setdefault("FLASK_CONFIG", "production")
    steps = {"posts": add_posts, "measured": add_measured_post, "addresses": print_addresses}
    with create_app().app_context():
        steps[sys.argv[1]]()


if __name__ == "__main__":
    main()
