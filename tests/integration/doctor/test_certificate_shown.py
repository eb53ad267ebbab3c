"""Certificates as a server on loopback really shows them."""

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from flask import Flask
from werkzeug.serving import make_server

from bluelog.clock import now
from bluelog.operations.doctor import Level
from bluelog.operations.doctor.certificate import fetched
from tests.integration.doctor.steps import found_by, levels
from tests.postbox import free_port

pytestmark = pytest.mark.skipif(
    shutil.which("openssl") is None, reason="no openssl: sudo apt-get install openssl"
)
KIND = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
STAMP = "%Y%m%d%H%M%SZ"


def make(folder: Path, *options: str) -> None:
    subprocess.run(["openssl", *options], check=True, cwd=folder, capture_output=True)


def request_(folder: Path, name: str) -> None:
    make(folder, "req", "-new", *KIND, "-subj", f"/CN={name}", "-keyout", "key.pem", "-out", "r")


def signed(folder: Path, *, host: str = "localhost", left: timedelta = timedelta(days=90)) -> None:
    """A certificate by an authority that is made here, `authority.pem`, for that long yet."""
    make(folder, "req", "-x509", *KIND, "-subj", "/CN=Authority", "-days", "900",
         "-keyout", "authority.key", "-out", "authority.pem")  # fmt: skip
    request_(folder, host)
    sign(folder, host, left, "-cert", "authority.pem", "-keyfile", "authority.key")


def self_signed(folder: Path, left: timedelta) -> None:
    request_(folder, "localhost")
    sign(folder, "localhost", left, "-selfsign", "-keyfile", "key.pem")


def sign(folder: Path, host: str, left: timedelta, *by: str) -> None:
    """Make `certificate.pem`, which began a hundred days ago."""
    (folder / "names").write_text(f"subjectAltName=DNS:{host}\n")
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("01\n")
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\n"
        "default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
    )
    begins, ends = (now() - timedelta(days=100)).strftime(STAMP), (now() + left).strftime(STAMP)
    make(folder, "ca", "-batch", "-config", "ca.cnf", "-notext", *by, "-in", "r",
         "-out", "certificate.pem", "-startdate", begins, "-enddate", ends,
         "-extfile", "names")  # fmt: skip


@contextmanager
def shown(app: Flask, folder: Path) -> Iterator[int]:
    """A TLS server with what was made, at BLUELOG_URL."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    app.config["BLUELOG_URL"] = f"https://localhost:{server.server_port}"
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process trusts the authority of the test."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("days", "level", "said"),
    [(90, Level.FINE, "89 more days"), (10, Level.WARNING, "9 more days"),
     (2, Level.FAILURE, "1 more day"), (-1, Level.FAILURE, "expired")],
)  # fmt: skip
def test_days_left_are_read_from_what_is_shown(
    context: Flask, tmp_path: Path, days: int, level: Level, said: str
) -> None:
    signed(tmp_path, left=timedelta(days=days))
    with shown(context, tmp_path):
        (found,) = found_by("certificate")
    assert (found.level, said in str(found.words)) == (level, True), str(found.words)


@pytest.mark.usefixtures("trusted")
def test_a_certificate_of_another_host_is_told(context: Flask, tmp_path: Path) -> None:
    signed(tmp_path, host="elsewhere.example.org")
    with shown(context, tmp_path):
        (found,) = found_by("certificate")
    assert found.level is Level.FAILURE
    assert "another host" in str(found.words)


def test_a_chain_that_is_not_sent_or_not_known_is_told(context: Flask, tmp_path: Path) -> None:
    signed(tmp_path)
    with shown(context, tmp_path):
        (found,) = found_by("certificate")
    assert found.level is Level.FAILURE
    assert "do not trust" in str(found.words)


def test_a_self_signed_certificate_is_called_so(context: Flask, tmp_path: Path) -> None:
    self_signed(tmp_path, timedelta(days=30))
    with shown(context, tmp_path) as port:
        (found,) = found_by("certificate")
        until = fetched("localhost", port, 5).until
    assert found.level is Level.WARNING
    assert "self-signed, and good for 29 more days" in str(found.words)
    assert timedelta(days=29) < until - now() < timedelta(days=30)


def test_a_self_signed_certificate_that_has_expired_is_called_expired(
    context: Flask, tmp_path: Path
) -> None:
    self_signed(tmp_path, timedelta(days=-1))
    with shown(context, tmp_path):
        (found,) = found_by("certificate")
    assert (found.level, found.command) == (Level.FAILURE, "sudo certbot renew")
    assert "expired" in str(found.words)


def test_where_nobody_listens_the_certificate_cannot_be_seen(context: Flask) -> None:
    context.config["BLUELOG_URL"] = f"https://localhost:{free_port()}"
    assert levels("certificate") == [Level.WARNING]


def test_a_blog_without_https_has_none(context: Flask) -> None:
    assert levels("certificate") == []
