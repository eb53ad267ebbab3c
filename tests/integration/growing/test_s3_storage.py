"""A bucket keeps files as a folder does, and says what is wrong with it."""

import io
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest

from bluelog.storage import S3Storage, StorageAway
from bluelog.storage import s3 as module
from tests import s3
from tests.integration.growing.conftest import in_bucket
from tests.postbox import wait_until
from tests.servers import free_ports
from tests.unit.forks import in_children, needs_fork
from tests.unit.test_storage import ALIEN_NAMES, DIGEST, NAME

WORDS = b"".join(number.to_bytes(4) for number in range(300_000))


class TestFiles:
    def test_what_is_put_is_read_again(self, bucket: S3Storage) -> None:
        assert not bucket.exists(NAME)
        bucket.put(NAME, b"\x00\r\nbytes")
        assert bucket.exists(NAME)
        with bucket.open(NAME) as file:
            assert file.read() == b"\x00\r\nbytes"
        assert bucket.path(NAME) is None

    def test_others_see_what_kind_of_file_it_is_and_that_it_never_changes(
        self, bucket: S3Storage, s3_server: s3.Server, prefix: str
    ) -> None:
        bucket.put(f"{DIGEST}-480.webp", b"x")
        seen = s3_server.client().head_object(Bucket=s3.BUCKET, Key=f"{prefix}{DIGEST}-480.webp")
        assert seen["ContentType"] == "image/webp"
        assert seen["CacheControl"] == "public, max-age=31536000, immutable"

    def test_putting_again_replaces(self, bucket: S3Storage) -> None:
        bucket.put(NAME, b"a longer first text")
        bucket.put(NAME, b"second")
        with bucket.open(NAME) as file:
            assert file.read() == b"second"

    def test_deleting_twice_is_harmless(self, bucket: S3Storage) -> None:
        bucket.put(NAME, b"x")
        bucket.delete(NAME)
        bucket.delete(NAME)
        assert not bucket.exists(NAME)

    def test_opening_what_is_not_there_says_so(self, bucket: S3Storage) -> None:
        with pytest.raises(FileNotFoundError):
            bucket.open(NAME)

    @pytest.mark.parametrize("name", ALIEN_NAMES)
    def test_no_other_name_is_touched(self, bucket: S3Storage, name: str) -> None:
        for act in (bucket.open, bucket.exists, bucket.delete, bucket.path):
            with pytest.raises(ValueError, match="not the name of an upload"):
                act(name)
        with pytest.raises(ValueError, match="not the name of an upload"):
            bucket.put(name, b"x")
        assert list(bucket.names()) == []

    def test_every_file_is_named_and_nothing_else(
        self, bucket: S3Storage, s3_server: s3.Server, prefix: str
    ) -> None:
        variant = f"{DIGEST}-480.webp"
        for name in (NAME, variant):
            bucket.put(name, b"x")
        for key in (f"{prefix}notes.txt", f"{prefix}deeper/{NAME}", f"other-{prefix}{NAME}"):
            s3_server.client().put_object(Bucket=s3.BUCKET, Key=key, Body=b"x")
        assert set(bucket.names()) == {NAME, variant}

    @pytest.mark.slow
    def test_more_than_one_answer_holds_are_named(self, bucket: S3Storage) -> None:
        names = {f"{number:064x}.png" for number in range(1100)}
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda name: bucket.put(name, b"x"), names))
        assert sorted(bucket.names()) == sorted(names)
        assert bucket.size() == 1100


class TestReading:
    def test_begins_at_any_place(self, bucket: S3Storage) -> None:
        bucket.put(NAME, WORDS)
        with bucket.open(NAME) as file:
            assert file.seek(0, io.SEEK_END) == len(WORDS)
            assert file.read(1) == b""
            file.seek(-8, io.SEEK_END)
            assert file.read() == WORDS[-8:]
            file.seek(400_001)
            assert file.read(10) == WORDS[400_001:400_011]
            file.seek(500_000, io.SEEK_CUR)
            assert (file.tell(), file.read(4)) == (900_011, WORDS[900_011:900_015])
            file.seek(0)
            assert file.read() == WORDS

    def test_threads_read_and_write_at_once(self, bucket: S3Storage) -> None:
        def round_trip(number: int) -> bool:
            name, data = f"{number:064x}.gif", WORDS[number : 200_000 + number]
            bucket.put(name, data)
            with bucket.open(name) as file:
                return file.read() == data

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(round_trip, range(24)))

    @pytest.mark.parametrize("_", [pytest.param("", marks=needs_fork)])
    def test_a_forked_process_has_a_connection_of_its_own(self, bucket: S3Storage, _: str) -> None:
        bucket.put(NAME, WORDS)

        def read(_number: int) -> None:
            for _turn in range(5):
                with bucket.open(NAME) as file:
                    assert file.read() == WORDS

        assert len(in_children(2, read)) == 2
        read(0)


class TestTrouble:
    def test_a_wrong_secret_is_told_without_it(
        self, s3_server: s3.Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        wrong = "not-the-secret-at-all"
        refused = in_bucket(s3_server.settings(S3_SECRET_ACCESS_KEY=wrong))
        assert wrong not in repr(refused.bucket)
        for act in (
            lambda: refused.put(NAME, b"x"),
            lambda: refused.open(NAME),
            lambda: refused.exists(NAME),
            lambda: refused.delete(NAME),
            lambda: list(refused.names()),
        ):
            with pytest.raises(StorageAway, match="refuses") as told:
                act()
            assert wrong not in str(told.value)
        assert "SignatureDoesNotMatch" in caplog.text
        assert wrong not in caplog.text

    def test_a_key_that_nobody_knows_is_told(self, s3_server: s3.Server) -> None:
        stranger = in_bucket(s3_server.settings(S3_ACCESS_KEY_ID="AKIDNOBODY"))
        with pytest.raises(StorageAway, match="InvalidAccessKeyId"):
            stranger.put(NAME, b"x")

    def test_a_bucket_that_is_not_there_is_told(self, s3_server: s3.Server) -> None:
        nowhere = in_bucket(s3_server.settings(S3_BUCKET="no-such-bucket"))
        for act in (
            lambda: nowhere.put(NAME, b"x"),
            lambda: nowhere.open(NAME),
            lambda: list(nowhere.names()),
        ):
            with pytest.raises(StorageAway, match="NoSuchBucket"):
                act()

    def test_a_server_that_is_down_is_asked_and_told_once_a_pause(
        self, s3_server: s3.Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        (port,) = free_ports(1)
        away = in_bucket(s3_server.settings(S3_ENDPOINT_URL=f"http://127.0.0.1:{port}"))
        with pytest.raises(StorageAway, match="does not answer: Could not connect"):
            away.exists(NAME)
        began = time.monotonic()
        for _ in range(20):
            with pytest.raises(StorageAway, match=r"does not answer$"):
                away.open(NAME)
        assert time.monotonic() - began < 0.5
        told = [record for record in caplog.records if record.name == module.__name__]
        assert [record.levelname for record in told] == ["ERROR"]
        assert s3.SECRET not in caplog.text

    def test_a_server_that_hangs_is_not_waited_for(
        self, s3_server: s3.Server, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "_READ_SECONDS", 0.3)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            hanging = in_bucket(s3_server.settings(S3_ENDPOINT_URL=url))
            hanging._client()  # not what is timed here
            began = time.monotonic()
            with pytest.raises(StorageAway, match="does not answer"):
                hanging.put(NAME, b"x")
            assert time.monotonic() - began < 5

    def test_a_file_that_breaks_off_is_never_taken_for_the_whole(
        self, s3_server: s3.Server
    ) -> None:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nContent-Type: image/jpeg\r\n\r\n"

        def answer_half(listener: socket.socket) -> None:
            with suppress(OSError):
                while True:
                    caller, _ = listener.accept()
                    with caller:
                        caller.recv(65536)
                        caller.sendall(head + bytes(1000))

        with socket.create_server(("127.0.0.1", 0)) as listener:
            threading.Thread(target=answer_half, args=(listener,), daemon=True).start()
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            broken = in_bucket(s3_server.settings(S3_ENDPOINT_URL=url))
            with broken.open(NAME) as file, pytest.raises(StorageAway):
                file.read()
            listener.shutdown(socket.SHUT_RDWR)

    def test_a_server_that_comes_back_is_used_again(
        self, bucket: S3Storage, s3_server: s3.Server, caplog: pytest.LogCaptureFixture
    ) -> None:
        bucket.put(NAME, WORDS)
        bucket.outage.pause_seconds = 0.2
        s3_server.stop()
        try:
            with pytest.raises(StorageAway):
                bucket.open(NAME)
        finally:
            s3_server.start()
        # The gateway may answer a little before what lies behind it does.
        wait_until(lambda: _is_back(bucket))
        with bucket.open(NAME) as file:
            assert file.read() == WORDS
        assert "answers again" in caplog.text


def _is_back(bucket: S3Storage) -> bool:
    with suppress(StorageAway), bucket.open(NAME) as file:
        return file.read() == WORDS
    return False
