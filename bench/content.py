"""A blog to measure: some forged posts, and one whose page is the one that is asked for."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
WORDS, COMMENTS, POSTS = 600, 5, 1000
SLUG = "the-measured-post"


def fill(environ: dict[str, str]) -> None:
    """Migrate, forge, and add the measured post with its comments."""
    flask = [sys.executable, "-m", "flask"]
    forge = ["forge", "--post", str(POSTS), "--comment", str(POSTS), "--reply", "0", "--yes"]
    for words in (["db", "upgrade"], forge):
        _run([*flask, *words], environ)
    _run([sys.executable, "-m", "bench.content"], environ)


def _run(command: list[str], environ: dict[str, str]) -> None:
    done = subprocess.run(
        command, env=environ, cwd=ROOT, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def add_measured_post() -> None:
    """One post of 600 words with five comments, written by the first administrator."""
    from sqlalchemy import select

    from bluelog import create_app
    from bluelog.clock import now
    from bluelog.extensions import db
    from bluelog.models import Role, User
    from bluelog.services import comments, posts

    with create_app().app_context():
        ada = db.session.scalars(select(User).where(User.role == Role.ADMINISTRATOR)).first()
        assert ada is not None
        paragraph = "<p>" + " ".join(["lantern", "harbour", "letter", "evening"] * 15) + ".</p>"
        words = posts.Content("The measured post", paragraph * (WORDS // 60), "en", slug=SLUG)
        post_id = posts.create_published(words, by=ada, at=now()).id
        for number in range(COMMENTS):
            said = comments.Words(post_id, f"Comment {number}. " + "It was so. " * 12, f"s{number}")
            writer = db.session.get_one(User, ada.id)
            comments.submit(said, by=writer, address="127.0.0.1", at=now())


if __name__ == "__main__":
    os.environ.setdefault("FLASK_CONFIG", "production")
    add_measured_post()
