"""How to speak to the mail server, from what was said and what was left open."""

from typing import NamedTuple

SSL_PORT = 465
STARTTLS_PORT = 587
PLAIN_PORT = 25


class Transport(NamedTuple):
    port: int
    use_tls: bool
    use_ssl: bool


def transport(
    *, port: int | None, use_tls: bool | None, use_ssl: bool | None, has_password: bool
) -> Transport:
    """Fill in what is None: the port tells the encryption, the encryption tells the port."""
    if port is None and use_ssl is None and not use_tls:
        use_ssl = has_password  # a password never travels in the clear unless that was asked for
    if use_ssl is None:
        use_ssl = port == SSL_PORT and not use_tls
    if use_tls is None:
        use_tls = port == STARTTLS_PORT and not use_ssl
    return Transport(port or _usual_port(use_tls, use_ssl), use_tls, use_ssl)


def _usual_port(use_tls: bool, use_ssl: bool) -> int:  # noqa: FBT001  (both are named in Transport)
    if use_ssl:
        return SSL_PORT
    return STARTTLS_PORT if use_tls else PLAIN_PORT
