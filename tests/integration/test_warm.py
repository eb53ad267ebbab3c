"""What the workers of a web server share is loaded before there is any of them."""

from pathlib import Path

from bluelog.web.warm import warm
from tests.conftest import make_app


def test_templates_of_readers_are_loaded_and_no_database_is_asked(tmp_path: Path) -> None:
    database = tmp_path / "nobody-made-it.db"
    app = make_app(tmp_path, f"sqlite:///{database}")
    warm(app)
    assert app.jinja_env.cache is not None
    loaded = {name for _, name in app.jinja_env.cache}
    assert {"blog/posts/post.html", "blog/lists/index.html", "errors/error.html"} <= loaded
    assert not [name for name in loaded if name.startswith(("admin/", "auth/", "mail/"))]
    assert not database.exists()
