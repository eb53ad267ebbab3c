"""How a request arrives: what the doctor asks of /healthz, and what only the doctor is told.

The question is signed with the blog's key and good for seconds. Whoever repeats one that was seen
on its way learns how a request of their own arrived, which is nothing of anybody else's.
"""

import json
from dataclasses import asdict, dataclass

from flask import Request, current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

HEADER = "X-Bluelog-Doctor"
VALID_SECONDS = 30


@dataclass(frozen=True)
class Arrival:
    """What the app sees of a request, behind its proxies."""

    forwarded_for: list[str]  # as the header came, the nearest proxy's word last
    address: str
    scheme: str
    host: str


def question(nonce: str) -> str:
    """A question that only this blog's key can ask."""
    return str(_signer().dumps(nonce))


def answer(request: Request) -> str | None:
    """What arrived, for the doctor; None for everybody else."""
    try:
        _signer().loads(request.headers.get(HEADER, ""), max_age=VALID_SECONDS)
    except BadSignature:
        return None
    return json.dumps(asdict(_arrival(request)))


def read(body: bytes) -> Arrival | None:
    """The answer again; None for one that is not ours."""
    try:
        return Arrival(**json.loads(body))
    except (ValueError, TypeError):
        return None


def _arrival(request: Request) -> Arrival:
    line = ",".join(request.headers.getlist("X-Forwarded-For"))
    chain = [part.strip() for part in line.split(",") if part.strip()]
    return Arrival(chain, request.remote_addr or "", request.scheme, request.host)


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="doctor")
