"""20,000 mixed requests against gunicorn, and not one worker may die.

    .venv/bin/python -m bench.soak [--requests 20000] [--threads 16] [--debug-heap]

Readers' pages, addresses of nothing, comments and the dashboard, from several threads on loopback,
against `gunicorn wsgi:app` with the production settings on a forged database in a folder of its
own. Prints how the answers were spread and whether a worker was lost; exits 1 if one was, or if
anything answered 5xx. `--debug-heap` runs the server under PYTHONMALLOC=debug, which shows damage
to the heap long before a crash, and takes several times as long.
"""

import argparse
import collections
import http.client
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

PASSWORD = "lantern-over-the-harbour-9"
PORT = 5093
URL = f"http://127.0.0.1:{PORT}"


class Browser:
    """One keep-alive connection with its cookies."""

    def __init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
        self.cookies: dict[str, str] = {}

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> tuple[int, str]:
        return self._ask("POST", path, urllib.parse.urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Origin": URL}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode("utf-8", "replace")


def value_of(page: str, field: str) -> str:
    found = re.search(rf'name="{field}"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--debug-heap", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        environment = settings(Path(folder), debug_heap=options.debug_heap)
        prepare(environment)
        log = Path(folder) / "gunicorn.log"
        with log.open("wb") as stream:
            server = subprocess.Popen(SERVER, env=environment, stderr=stream, stdout=stream)
            try:
                wait_until_it_answers()
                counts, seconds = load(options.requests, options.threads)
            finally:
                server.terminate()
                server.wait(30)
        text = log.read_text("utf-8", "replace")
        return report(counts, seconds, text + (Path(folder) / "bluelog.log").read_text())


SERVER = [
    *(sys.executable, "-X", "faulthandler", "-m", "gunicorn", "wsgi:app"),
    *("--bind", f"127.0.0.1:{PORT}", "--workers", "2", "--threads", "8"),
    *("--no-control-socket", "--timeout", "120"),
]


def settings(folder: Path, *, debug_heap: bool) -> dict[str, str]:
    return {
        **os.environ,
        **({"PYTHONMALLOC": "debug"} if debug_heap else {}),
        "FLASK_APP": "bluelog",
        "FLASK_CONFIG": "production",
        "SECRET_KEY": "a-key-for-one-run-of-the-soak-test-only",
        "BLUELOG_URL": URL,
        "BLUELOG_FORCE_HTTPS": "off",
        "BLUELOG_DATA_DIR": str(folder),
        "BLUELOG_LOGGING_PATH": str(folder / "bluelog.log"),
    }


def prepare(environment: dict[str, str]) -> None:
    for words in (
        ["db", "upgrade"],
        ["forge", "--yes"],
        ["init", "--username", "ada", "--password", PASSWORD],
    ):
        command = [sys.executable, "-m", "flask", *words]
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def wait_until_it_answers() -> None:
    for _ in range(200):
        try:
            if Browser().get("/")[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not come up.")


def load(requests: int, threads: int) -> tuple[collections.Counter[str], float]:
    counts: collections.Counter[str] = collections.Counter()
    began = time.monotonic()
    workers = [
        threading.Thread(target=browse, args=(requests // threads, seed, counts))
        for seed in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return counts, time.monotonic() - began


def browse(requests: int, seed: int, counts: collections.Counter[str]) -> None:
    """Read, and now and then write; every fourth thread is signed in."""
    chance, browser = random.Random(seed), Browser()
    paths = sorted(set(re.findall(r'href="(/(?:post|category|author)/[^"#?]+)"', home(browser))))
    if seed % 4 == 0:
        browser.post("/auth/login", login="ada", password=PASSWORD)
        paths += ["/admin/", "/admin/posts", "/admin/comments", "/account"]
    for number in range(requests):
        path = chance.choice([*paths, "/", "/about", "/links", "/nothing-here", "/post/7?page=2"])
        try:
            status, page = browser.get(path)
            counts[str(status)] += 1
            if path.startswith("/post/") and number % 20 == 0:
                counts[f"comment {comment(browser, path, page, number, seed)}"] += 1
        except (OSError, http.client.HTTPException) as error:
            counts[type(error).__name__] += 1
            browser.connection.close()


def home(browser: Browser) -> str:
    pages = [browser.get("/")[1]]
    while found := re.search(r'href="(/\?after=[^"]+)"', pages[-1]):
        pages.append(browser.get(found[1])[1])
    return "".join(pages)


def comment(browser: Browser, path: str, page: str, number: int, seed: int) -> int:
    fields = {"stamp": value_of(page, "stamp"), "body": f"Words {number} of {seed}."}
    fields |= {"csrf_token": value_of(page, "csrf_token")}
    fields |= {"author": "Greta", "email": f"greta{seed}@example.org"}
    return browser.post(path, **fields)[0]


def report(counts: collections.Counter[str], seconds: float, log: str) -> int:
    deaths = re.findall(r"(?i).*(?:worker .*was sent SIG|signal 11|fatal python error).*", log)
    bad = {what: n for what, n in counts.items() if not re.search(r"\b[234]\d\d$", what)}
    asked = sum(counts.values())
    print(f"Python {sys.version.split()[0]}: {asked} requests in {seconds:.0f} s")
    for what, count in sorted(counts.items()):
        print(f"  {what:<14}{count:>8}")
    print(f"Workers lost: {len(deaths)}")
    for line in (*deaths[:5], *bad):
        print(f"  {line}")
    return 1 if deaths or bad else 0


if __name__ == "__main__":
    sys.exit(main())
