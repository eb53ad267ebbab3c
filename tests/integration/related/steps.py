"""Steps of the tests of related posts."""

from typing import Any

from flask.testing import FlaskClient
from selectolax.lexbor import LexborHTMLParser

from bluelog.extensions import db
from bluelog.models import Post, PostRelation, RelationDue, User
from bluelog.services import relating
from tests.conftest import NOW
from tests.making import make_post, tag

BREAD = "Sourdough bread wants a warm kitchen, for the starter of the sourdough ferments there."
LOAF = "My sourdough starter ferments in the kitchen, until the bread rises."


def write(author: User, title: str, *tags: str, **values: Any) -> int:
    """A public post with these tags, whose words are those of nobody else."""
    alone = f"{title.lower()}berry {title.lower()}wood {title.lower()}stone"
    post = make_post(author, title, **{"plain": alone} | values)
    post_id = tag(post, *tags).id if tags else post.id
    db.session.rollback()
    return post_id


def relate() -> int:
    """Do all that is due; how many posts there were."""
    done = 0
    while relating.relate_next(NOW):
        done += 1
        assert done < 500
    return done


def due() -> set[int]:
    found = set(db.session.scalars(db.select(RelationDue.post_id)))
    db.session.rollback()
    return found


def kept(post_id: int) -> list[int]:
    """What is kept of a post, the closest first."""
    rows = db.select(PostRelation.related_id).where(PostRelation.post_id == post_id)
    found = db.session.scalars(rows.order_by(PostRelation.score.desc())).all()
    db.session.rollback()
    return list(found)


def everything() -> list[tuple[int, int, int]]:
    columns = (PostRelation.post_id, PostRelation.related_id, PostRelation.score)
    found = [tuple(row) for row in db.session.execute(db.select(*columns).order_by(*columns))]
    db.session.rollback()
    return found


def change(post_id: int, **values: Any) -> None:
    """Change a row as a service does, in a session that knew nothing of it."""
    db.session.rollback()
    post = db.session.get_one(Post, post_id)
    for name, value in values.items():
        setattr(post, name, value)
    db.session.commit()


def shown(client: FlaskClient, path: str) -> list[str]:
    """The titles under Related."""
    answer = client.get(path)
    assert answer.status_code == 200
    return [node.text() for node in LexborHTMLParser(answer.text).css("nav.related li a")]
