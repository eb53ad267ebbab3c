"""Who asks: HTTP in, HTTP out."""

from flask import Flask

from bluelog.blueprints import admin, auth, blog


def init_app(app: Flask) -> None:
    """Hang every blueprint on the app."""
    for blueprint in (blog.bp, auth.bp, admin.bp):
        app.register_blueprint(blueprint)
