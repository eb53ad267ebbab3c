"""What hears the bell. It is loaded by the worker alone, never by a web process."""

from huey.consumer import Consumer


class Listener(Consumer):  # type: ignore[misc]  # huey has no types
    """Huey's consumer; how it ends is the caller's affair, so it takes no signals."""

    def _set_signal_handlers(self) -> None:
        return
