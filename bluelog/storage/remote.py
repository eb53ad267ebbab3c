"""A file on another machine that is read as if it lay on this one."""

import io
from collections.abc import Callable
from typing import Any, Protocol


class Body(Protocol):
    """What is still to come of a file."""

    def read(self, amount: int) -> bytes: ...

    def close(self) -> None: ...


class RemoteFile(io.RawIOBase):
    """Streams from `body`; `ask(position)` gives the body from another position on.

    A move alone costs nothing: the other end is asked again at the next read.
    """

    def __init__(self, body: Body, size: int, ask: Callable[[int], Body]) -> None:
        super().__init__()
        self._body = body
        self._size = size
        self._ask = ask
        self._position = 0
        self._body_at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        starts = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}
        self._position = max(0, starts[whence] + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as one read goes. Raises what `ask` and the body raise."""
        if self._position >= self._size:
            return 0
        if self._position != self._body_at:
            self._body.close()
            self._body, self._body_at = self._ask(self._position), self._position
        target = memoryview(buffer)
        data = self._body.read(len(target))
        target[: len(data)] = data
        self._position = self._body_at = self._position + len(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()
