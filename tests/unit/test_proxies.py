"""What proxies say is believed as Werkzeug's own layer believes it, and taken apart once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.middleware import proxy_fix
from werkzeug.middleware.proxy_fix import ProxyFix

from bluelog.web.proxies import RememberingProxyFix

LISTS = st.none() | st.text('abc.:[]", 1', max_size=40) | st.text("1,", min_size=505, max_size=520)


def seen(environ: Any, _start_response: Any) -> Any:
    return environ


def believed(layer: ProxyFix, said: dict[str, str]) -> dict[str, Any]:
    environ = {"REMOTE_ADDR": "192.0.2.1", "HTTP_HOST": "a.example", "wsgi.url_scheme": "http"}
    found: Any = layer(environ | said, None)  # type: ignore[arg-type]
    return dict(found)


@given(st.integers(0, 3), st.tuples(LISTS, LISTS, LISTS))
def test_it_believes_what_werkzeug_does(count: int, lists: tuple[str | None, ...]) -> None:
    names = [f"HTTP_X_FORWARDED_{name}" for name in ("FOR", "PROTO", "HOST")]
    said = {name: value for name, value in zip(names, lists, strict=True) if value is not None}
    ours, theirs = RememberingProxyFix(seen, count), ProxyFix(seen, count, count, count)
    for _ in range(2):
        assert believed(ours, said) == believed(theirs, said)


def test_what_is_short_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def parse(value: str) -> list[str]:
        read.append(value)
        return [value]

    monkeypatch.setattr(proxy_fix, "parse_list_header", parse)
    layer = RememberingProxyFix(seen, 1)
    short, long = "1" * 512, "1" * 513
    for value in (short, short, long, long):
        assert believed(layer, {"HTTP_X_FORWARDED_FOR": value})["REMOTE_ADDR"] == value
    assert read == [short, long, long]
