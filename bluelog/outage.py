"""A server that is away is asked now and then by one, not by everybody at once."""

import time


class Outage:
    """Whether a server is away, as this process knows it.

    Two threads may find at the same moment that a pause is over. Both ask then, which does no
    harm, so there is no lock, which a fork could leave held for ever.
    """

    def __init__(self, pause_seconds: float = 5.0) -> None:
        self.pause_seconds = pause_seconds
        self._ask_again_at: float | None = None

    def lets_ask(self) -> bool:
        """Whether to ask the server: always while it is there, else by one caller a pause."""
        if self._ask_again_at is None:
            return True
        if time.monotonic() < self._ask_again_at:
            return False
        self._wait()
        return True

    def failed(self) -> bool:
        """Note that the server failed; whether that is news."""
        is_news = self._ask_again_at is None
        self._wait()
        return is_news

    def answered(self) -> bool:
        """Note that the server answered; whether that is news."""
        is_news = self._ask_again_at is not None
        self._ask_again_at = None
        return is_news

    def _wait(self) -> None:
        self._ask_again_at = time.monotonic() + self.pause_seconds
