"""The engines of the app are watched for slow queries."""

import pytest
from flask import Flask
from sqlalchemy import text

from bluelog.extensions import db
from bluelog.web import logging as bluelog_logging


def test_a_slow_query_of_the_app_is_logged(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    app.config["BLUELOG_SLOW_QUERY_THRESHOLD"] = 0.0
    bluelog_logging.init_app(app)
    with app.app_context():
        db.session.execute(text("SELECT 'lantern'"))
    assert "Slow query: " in caplog.text
    assert "SELECT 'lantern'" in caplog.text
