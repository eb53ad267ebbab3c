"""What each kind of page costs on a blog of 1,000 to 1,000,000 posts: `make bench-scale`.

    .venv/bin/python -m bench.scale [--posts 1000 1000000] [--words 300] [--rounds 15] [--postgres]

Fills a database of each size in a folder of its own and asks for every page through the app in
this process, signed in for the dashboard, with no page cache, after one unmeasured round; sizes
take turns at every page, so that a busy moment hits all alike. Prints the median CPU time, what the
database did (steps of SQLite's machine, some ten a row; rows on PostgreSQL) and the ratios of the
largest blog to the smallest, as Markdown, and draws both as curves.

CPU time is that of this process, in which SQLite is, and on PostgreSQL of the server's process at
the other end of each connection as well, but not of those that help it. A frame around readers'
pages is kept, as it is in a running server. A filled blog can be kept for another run with
`--folder`, and `--also` measures further addresses, such as those of a search.
"""

import argparse
import contextlib
import statistics
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, event, text

from bench import curves, pages
from bench.fill import ADA, Size, fill, make_app
from bench.processes import ran_seconds
from bench.visits import heard, rows_visited, stepped
from bluelog.extensions import db
from bluelog.models import Site

SIZES = [1000, 10_000, 100_000, 1_000_000]


@dataclass
class Filled:
    """A blog of one size, how to ask it, and what that took."""

    size: Size
    app: Flask
    engine: Engine
    readers: dict[str, str]
    dashboard: dict[str, str]
    key: str
    servers: set[int] = field(default_factory=set)
    milliseconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    visits: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.engine.dialect.name == "postgresql":
            self.engine.dispose()
            event.listen(self.engine, "connect", self._remember)

    def used_seconds(self) -> float:
        """CPU time so far."""
        return time.process_time() + sum(map(ran_seconds, self.servers))

    def _remember(self, connection: Any, _record: Any) -> None:
        self.servers.add(connection.info.backend_pid)

    def client(self, name: str) -> FlaskClient:
        client = self.app.test_client()
        if name in self.dashboard:
            cookie = pages.cookie(self.app, self.key)
            client.set_cookie(self.app.config["SESSION_COOKIE_NAME"], cookie)
        return client


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--posts", type=int, nargs="+", default=SIZES)
    parser.add_argument("--words", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--plot", type=Path, default=Path("scale.svg"))
    parser.add_argument("--also", nargs="+", default=[], help="further addresses of readers' pages")
    options = parser.parse_args()
    with contextlib.ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = _server(stack) if options.postgres else None
        sizes = [Size(posts, words=options.words) for posts in sorted(options.posts)]
        blogs = [filled(size, folder, server) for size in sizes]
        for blog in blogs:
            blog.readers |= {address: address for address in options.also}
        for number in range(options.rounds + 1):
            measure(blogs, keep=number > 0)
        for blog in blogs:
            look(blog)
        unit = "rows" if server else "steps"
        report(blogs, unit)
        panels = {"ms": medians(blogs), unit: visited(blogs)}
        curves.write(options.plot, [blog.size.posts for blog in blogs], panels)
        for blog in blogs:
            blog.engine.dispose()


def filled(size: Size, folder: Path, server: str | None) -> Filled:
    """A blog of that size, made now unless the folder has it from before."""
    name = f"bluelog_{size.posts}"
    url = _database(server, name) if server else f"sqlite:///{folder / name}.db"
    began = time.monotonic()
    app: Any = make_app(url, folder)
    with app.app_context():
        if db.session.scalar(db.select(Site.id)) is None:
            db.session.rollback()
            fill(db.engine, size, datetime.now(UTC))
            took = f"{time.monotonic() - began:.0f} s"
            print(f"{size.posts:,} posts made in {took}\n", flush=True)
        readers, dashboard = pages.readers_pages(size), pages.dashboard_pages()
        return Filled(size, app, db.engine, readers, dashboard, pages.session_of(ADA))


def measure(blogs: list[Filled], *, keep: bool) -> None:
    """Ask every blog in turn for each page."""
    for name in blogs[0].readers | blogs[0].dashboard:
        for blog in blogs:
            client = blog.client(name)
            began = blog.used_seconds()
            _ask(blog, client, name)
            if keep:
                blog.milliseconds[name].append((blog.used_seconds() - began) * 1000)


def look(blog: Filled) -> None:
    """Have the database tell what it does for each page."""
    for name in blog.readers | blog.dashboard:
        client = blog.client(name)
        if blog.engine.dialect.name == "sqlite":
            with stepped(blog.engine) as taken:
                _ask(blog, client, name)
            blog.visits[name] = taken[0]
        else:
            with heard(blog.engine) as statements:
                _ask(blog, client, name)
            blog.visits[name] = sum(rows_visited(statement) for statement in statements)


def medians(blogs: list[Filled]) -> dict[str, list[float]]:
    return {
        name: [statistics.median(blog.milliseconds[name]) for blog in blogs]
        for name in blogs[0].milliseconds
    }


def visited(blogs: list[Filled]) -> dict[str, list[float]]:
    return {name: [blog.visits[name] for blog in blogs] for name in blogs[0].visits}


def report(blogs: list[Filled], unit: str) -> None:
    sizes = [f"{blog.size.posts:,}" for blog in blogs]
    columns = [*(f"{size} ms" for size in sizes), "ratio", *(f"{size} {unit}" for size in sizes)]
    print("| page | " + " | ".join([*columns, "ratio"]) + " |")
    print("|---" * (len(columns) + 2) + "|")
    for name, times in medians(blogs).items():
        visits = [blog.visits[name] for blog in blogs]
        cells = [*(f"{each:.1f}" for each in times), f"{times[-1] / times[0]:.2f}"]
        cells += [*(f"{each:,}" for each in visits), f"{visits[-1] / max(visits[0], 1):.2f}"]
        print(f"| {name} | " + " | ".join(cells) + " |")


def _ask(blog: Filled, client: FlaskClient, name: str) -> None:
    address = blog.readers.get(name) or blog.dashboard[name]
    status = client.get(address).status_code
    if status != (302 if name == pages.REDIRECTED else 200):
        raise SystemExit(f"{name}: {address} answered {status}")


def _server(stack: contextlib.ExitStack) -> str:
    from tests.postgres import temporary_server

    return stack.enter_context(temporary_server())


def _database(server: str, name: str) -> str:
    url = server.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return f"{server.rpartition('/')[0]}/{name}"


if __name__ == "__main__":
    main()
