"""`python -m tests.deploy.slow_clients URL PATH COUNT ADDRESSES`: clients that hardly do anything.

In a process of their own, so that they slow nobody down but the server. A third each dribble their
headers, dribble a form, and hardly read what they asked for; whoever is let go of comes again. How
many are connected is printed twice a second.
"""

import asyncio
import socket
import ssl
import sys
from contextlib import suppress
from itertools import count
from urllib.parse import urlsplit

PAUSE_SECONDS = 2.0
ARRIVING_EVERY_SECONDS = 0.01
COMING_AT_ONCE = 50


class Crowd:
    """Everybody who is slow, and how many of them the server has."""

    def __init__(self, url: str, path: str, addresses: int) -> None:
        self.parts, self.path, self.addresses = urlsplit(url), path, addresses
        self.connected = 0
        self._tls = ssl.create_default_context()
        self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE
        self._coming = asyncio.Semaphore(COMING_AT_ONCE)
        self._ways = (self._dribble_headers, self._dribble_form, self._hardly_read)

    async def be_slow(self, number: int) -> None:
        """Come, be slow until the server has had enough, and come again."""
        await asyncio.sleep(number * ARRIVING_EVERY_SECONDS)
        while True:
            with suppress(OSError, asyncio.TimeoutError):
                async with self._coming:
                    reader, writer = await asyncio.wait_for(self._connect(number), 20)
                self.connected += 1
                try:
                    await self._ways[number % len(self._ways)](reader, writer)
                finally:
                    self.connected -= 1
                    writer.transport.abort()
            await asyncio.sleep(0.1)

    async def _connect(self, number: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        made = socket.socket()
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        made.bind((f"127.0.1.{1 + number % self.addresses}", 0))
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", self.parts.port))
        name = self.parts.hostname
        return await asyncio.open_connection(
            sock=made, ssl=self._tls, server_hostname=name, limit=1024
        )

    def _head(self, method: str, more: str = "") -> bytes:
        return f"{method} {self.path} HTTP/1.1\r\nHost: {self.parts.netloc}\r\n{more}".encode()

    async def _dribble_headers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await _dribble(reader, writer, self._head("GET"), "X-Slow-{}: x\r\n")

    async def _dribble_form(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        form = "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 90000\r\n\r\n"
        await _dribble(reader, writer, self._head("POST", form), "body{}=x&")

    async def _hardly_read(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        writer.write(self._head("GET", "\r\n"))
        await writer.drain()
        while await reader.read(64):
            await asyncio.sleep(PAUSE_SECONDS)


async def _dribble(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: bytes, more: str
) -> None:
    writer.write(head)
    for number in count():
        await writer.drain()
        await asyncio.sleep(PAUSE_SECONDS)
        if reader.at_eof():
            return
        writer.write(more.format(number).encode())


async def main(url: str, path: str, clients: int, addresses: int) -> None:
    """Let everybody be slow, and tell how many are, until the process is ended."""
    crowd = Crowd(url, path, addresses)
    everybody = [asyncio.create_task(crowd.be_slow(number)) for number in range(clients)]
    while everybody:
        sys.stdout.write(f"{crowd.connected}\n")
        sys.stdout.flush()
        await asyncio.sleep(0.5)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
