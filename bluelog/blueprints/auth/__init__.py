"""Accounts: ways in, ways back in, one's own profile."""

from flask import Blueprint

bp = Blueprint("auth", __name__)

from bluelog.blueprints.auth import (  # noqa: E402, F401  (the views hang themselves on bp)
    account,
    links,
    registration,
    setup,
    signing,
)
