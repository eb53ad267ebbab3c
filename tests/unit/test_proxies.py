"""What proxies say is believed as Werkzeug's own layer believes it, and taken apart once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.middleware import proxy_fix
from werkzeug.middleware.proxy_fix import ProxyFix

from bluelog.web.proxies import RememberingProxyFix

LISTS = st.none() | st.text('abc.:[]", 1', max_size=40) | st.text("1,", min_size=250, max_size=260)


def believed(layer: type[ProxyFix], count: int, said: dict[str, str]) -> dict[str, Any]:
    environ = {"REMOTE_ADDR": "192.0.2.1", "HTTP_HOST": "a.example", "wsgi.url_scheme": "http"}
    fixed = layer(lambda environ, _: environ, x_for=count, x_proto=count, x_host=count)
    found: Any = fixed(environ | said, None)  # type: ignore[arg-type]
    return dict(found)


@given(st.integers(0, 3), st.tuples(LISTS, LISTS, LISTS))
def test_it_believes_what_werkzeug_does(count: int, lists: tuple[str | None, ...]) -> None:
    names = [f"HTTP_X_FORWARDED_{name}" for name in ("FOR", "PROTO", "HOST")]
    said = {name: value for name, value in zip(names, lists, strict=True) if value is not None}
    assert believed(RememberingProxyFix, count, said) == believed(ProxyFix, count, said)


def test_what_is_short_is_taken_apart_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []

    def parse(value: str) -> list[str]:
        read.append(value)
        return [value]

    monkeypatch.setattr(proxy_fix, "parse_list_header", parse)
    layer = RememberingProxyFix(lambda environ, _: [environ["REMOTE_ADDR"]], x_for=1)
    short, long = "1" * 256, "1" * 257
    for value in (short, short, long, long):
        assert layer({"HTTP_X_FORWARDED_FOR": value}, None) == [value]  # type: ignore[arg-type]
    assert read == [short, long, long]
