"""What nginx writes down of requests, and what it must not."""

import re
import time

import pytest

from bluelog.mail.links import SIGNED_PATHS
from tests.deploy.asking import Answer
from tests.deploy.conftest import Stage
from tests.deploy.test_cache import away
from tests.deploy.test_site import SITE
from tests.postbox import wait_until

PROOF = "a-proof-that-nobody-else-has"
FLUSHED_SECONDS = 1.5


def test_the_site_knows_the_paths_whose_last_part_is_a_proof() -> None:
    for place in (r"location ~ ", r"bluelog_before_proof>"):
        (pattern,) = re.findall(rf"{place}\^?(/?\S*invitation\S*/)", SITE)
        assert all(re.match(pattern, f"{path}/") for path in SIGNED_PATHS), place


@pytest.mark.deploy
def test_a_link_that_proves_something_is_in_no_log_of_nginx(stage: Stage) -> None:
    with away(stage):
        for path in SIGNED_PATHS:
            assert ask_all(stage, f"{path}/{PROOF}") == [503, 503, 413, 503]
        stage.client().get("/auth/login?next=/said")
    site = stage.server.site
    access, error = (site.nginx_logs / f"bluelog.{name}.log" for name in ("access", "error"))
    wait_until(lambda: "next=/said" in access.read_text())
    assert "next=/said" in error.read_text(), "of others it says what went wrong"
    time.sleep(FLUSHED_SECONDS)
    for log in site.nginx_logs.iterdir():
        assert PROOF not in log.read_text(), log


@pytest.mark.deploy
@pytest.mark.parametrize("path", SIGNED_PATHS)
def test_such_a_page_tells_nobody_its_address(stage: Stage, path: str) -> None:
    told = "no-referrer" if path == "/preview" else "strict-origin"
    assert stage.client().get(f"{path}/{PROOF}").headers["Referrer-Policy"] == told


def ask_all(stage: Stage, path: str) -> list[int]:
    """All that goes wrong there, while the app is away."""
    who, long = stage.client(), {"Content-Length": str(10**9)}
    answers: list[Answer] = [
        who.get(f"{path}?code=1"),
        who.post(path, {"password": "x"}),
        who.ask("POST", path, b"x", long),
        who.get("/static/css/gone.0123456789.css", Referer=f"{stage.url}/"),
    ]
    return [answer.status for answer in answers]
