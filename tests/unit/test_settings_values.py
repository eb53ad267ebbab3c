"""What each setting takes, refuses, and is when nothing is said."""

# ruff: noqa: SIM300  (an attribute in capitals is what is tested, not a constant)

import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from bluelog.settings import STREAM, ConfigurationError, DevelopmentConfig, secret_key
from bluelog.settings.readers import PROJECT
from bluelog.settings.table import SECRET_KEY_PLACEHOLDER
from tests.unit.forks import in_children, needs_fork
from tests.unit.settings_cast import KEY, errors, production, relaxed

pytestmark = needs_fork


class TestSecretKey:
    @pytest.mark.parametrize(
        "key",
        [
            "",
            "dev",
            "dev key",
            "Secret",
            "changeme",
            SECRET_KEY_PLACEHOLDER,
            "short-but-mine",
            "a" * 40,
            "abababababababababab",
        ],
    )
    def test_production_refuses_a_key_that_can_be_guessed(self, key: str) -> None:
        (line,) = errors(SECRET_KEY=key)
        assert line.startswith("SECRET_KEY is ")
        assert "secrets.token_hex(32)" in line

    def test_production_takes_a_key_as_it_is(self) -> None:
        assert production(SECRET_KEY=f" {KEY} ").SECRET_KEY == f" {KEY} "

    def test_the_command_in_the_message_makes_a_key_that_is_taken(self) -> None:
        code = errors(SECRET_KEY="")[0].split('"')[1]
        made = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        assert production(SECRET_KEY=made.stdout.strip())

    def test_development_makes_a_key_once_and_keeps_it_to_itself(self, tmp_path: Path) -> None:
        first = DevelopmentConfig({"BLUELOG_DATA_DIR": str(tmp_path)})
        second = DevelopmentConfig({"BLUELOG_DATA_DIR": str(tmp_path)})
        assert first.SECRET_KEY == second.SECRET_KEY
        assert len(first.SECRET_KEY) == 64
        (kept,) = tmp_path.iterdir()
        assert kept.name == "dev-secret-key"
        if sys.platform != "win32":
            assert kept.stat().st_mode & 0o777 == 0o600

    def test_processes_starting_together_agree_on_the_key(self, tmp_path: Path) -> None:
        def note_key(number: int) -> None:
            key = secret_key.kept_in(tmp_path / "data")
            (tmp_path / f"seen-{number}").write_text(key)

        assert len(in_children(8, note_key)) == 8
        assert len({file.read_text() for file in tmp_path.glob("seen-*")}) == 1
        assert [file.name for file in (tmp_path / "data").iterdir()] == ["dev-secret-key"]

    def test_a_damaged_key_file_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "dev-secret-key").write_text("")
        with pytest.raises(ConfigurationError, match="dev-secret-key is damaged"):
            DevelopmentConfig({"BLUELOG_DATA_DIR": str(tmp_path)})

    def test_a_data_folder_that_cannot_be_made_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(ConfigurationError, match="BLUELOG_DATA_DIR cannot be written to"):
            DevelopmentConfig({"BLUELOG_DATA_DIR": str(tmp_path / "file" / "data")})

    def test_testing_has_a_key_of_its_own_each_time(self) -> None:
        assert relaxed().SECRET_KEY != relaxed().SECRET_KEY


class TestDatabase:
    def test_each_environment_has_its_own(self, tmp_path: Path) -> None:
        folder = {"BLUELOG_DATA_DIR": str(tmp_path)}
        assert production(**folder).SQLALCHEMY_DATABASE_URI == f"sqlite:///{tmp_path}/bluelog.db"
        development = DevelopmentConfig(folder)
        assert development.SQLALCHEMY_DATABASE_URI == f"sqlite:///{tmp_path}/data-dev.db"
        assert relaxed().SQLALCHEMY_DATABASE_URI == "sqlite://"

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
    def test_postgresql_is_spoken_through_psycopg(self, scheme: str) -> None:
        found = production(DATABASE_URL=f"{scheme}://ada:x%40y@db/blog?sslmode=require")
        expected = "postgresql+psycopg://ada:x%40y@db/blog?sslmode=require"
        assert expected == found.SQLALCHEMY_DATABASE_URI

    def test_a_missing_driver_is_named_with_the_command_that_adds_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("bluelog.settings.readers.find_spec", lambda _: None)
        (line,) = errors(DATABASE_URL="postgres://db/blog")
        assert 'pipenv sync --categories "packages postgres"' in line
        (line,) = errors(REDIS_URL="redis://localhost")
        assert 'pipenv sync --categories "packages redis"' in line

    @pytest.mark.parametrize(
        ("given", "meant"),
        [
            ("sqlite:////srv/blog.db", "sqlite:////srv/blog.db"),
            ("sqlite:///blog.db", f"sqlite:///{PROJECT}/blog.db"),
            ("sqlite:///blog.db?timeout=9", f"sqlite:///{PROJECT}/blog.db?timeout=9"),
            ("sqlite://", "sqlite://"),
            ("sqlite:///:memory:", "sqlite:///:memory:"),
            ("sqlite:///file:x?mode=ro&uri=true", "sqlite:///file:x?mode=ro&uri=true"),
        ],
    )
    def test_a_relative_file_is_taken_from_the_project(self, given: str, meant: str) -> None:
        assert relaxed(DATABASE_URL=given).SQLALCHEMY_DATABASE_URI == meant

    @pytest.mark.parametrize("url", ["mysql://db/blog", "sqlite://blog.db", "blog.db", "postgres:"])
    def test_another_database_is_refused(self, url: str) -> None:
        (line,) = errors(DATABASE_URL=url)
        assert line.startswith("DATABASE_URL must begin with")


class TestFiles:
    def test_folders_are_paths_even_when_given_as_text(self, tmp_path: Path) -> None:
        found = relaxed(BLUELOG_UPLOAD_PATH=str(tmp_path / "pictures"))
        assert found.BLUELOG_UPLOAD_PATH / "x.png" == tmp_path / "pictures" / "x.png"

    def test_uploads_follow_the_data_folder(self, tmp_path: Path) -> None:
        assert relaxed(BLUELOG_DATA_DIR=str(tmp_path)).BLUELOG_UPLOAD_PATH == tmp_path / "uploads"

    def test_folders_stand_in_the_project_by_default(self) -> None:
        assert production().BLUELOG_DATA_DIR == PROJECT / "data"
        assert production().BLUELOG_LOGGING_PATH == PROJECT / "logs" / "bluelog.log"
        assert production(BLUELOG_DATA_DIR="store").BLUELOG_DATA_DIR == PROJECT / "store"

    def test_testing_touches_no_file_of_the_real_blog(self) -> None:
        assert production().BLUELOG_DATA_DIR / "testing" == relaxed().BLUELOG_DATA_DIR

    def test_the_log_can_be_a_stream(self, tmp_path: Path) -> None:
        assert production(BLUELOG_LOGGING_PATH="Stream").BLUELOG_LOGGING_PATH == STREAM
        folder = {"BLUELOG_DATA_DIR": str(tmp_path)}
        assert DevelopmentConfig(folder).BLUELOG_LOGGING_PATH == STREAM


class TestMail:
    @pytest.mark.parametrize(
        ("given", "port", "tls", "ssl"),
        [
            ({}, 25, False, False),
            ({"MAIL_PASSWORD": "x"}, 465, False, True),
            ({"MAIL_PORT": "465"}, 465, False, True),
            ({"MAIL_PORT": "587"}, 587, True, False),
            ({"MAIL_PORT": "2525", "MAIL_PASSWORD": "x"}, 2525, False, False),
            ({"MAIL_USE_SSL": "1"}, 465, False, True),
            ({"MAIL_USE_TLS": "yes"}, 587, True, False),
            ({"MAIL_USE_TLS": "on", "MAIL_PASSWORD": "x"}, 587, True, False),
            ({"MAIL_USE_TLS": "on", "MAIL_PORT": "465"}, 465, True, False),
            ({"MAIL_USE_SSL": "on", "MAIL_PORT": "587"}, 587, False, True),
            ({"MAIL_USE_SSL": "off", "MAIL_PORT": "465"}, 465, False, False),
            (
                {"MAIL_USE_SSL": "off", "MAIL_USE_TLS": "off", "MAIL_PASSWORD": "x"},
                25,
                False,
                False,
            ),
            ({"MAIL_USE_TLS": "off", "MAIL_PASSWORD": "x"}, 465, False, True),
        ],
    )
    def test_port_and_encryption_follow_from_each_other(
        self, given: dict[str, str], port: int, tls: bool, ssl: bool
    ) -> None:
        found = relaxed(**given)
        assert (found.MAIL_PORT, found.MAIL_USE_TLS, found.MAIL_USE_SSL) == (port, tls, ssl)

    def test_both_encryptions_at_once_are_refused(self) -> None:
        (line,) = errors(MAIL_USE_TLS="on", MAIL_USE_SSL="on")
        assert line == "MAIL_USE_TLS and MAIL_USE_SSL are both on: choose one of them."

    def test_the_sender_follows_from_the_account(self) -> None:
        sender = relaxed(MAIL_USERNAME="blog@example.com").MAIL_DEFAULT_SENDER
        assert sender == "Bluelog <blog@example.com>"
        operators = relaxed(MAIL_USERNAME="apikey", BLUELOG_EMAIL="ada@example.com")
        assert operators.MAIL_DEFAULT_SENDER == "Bluelog <ada@example.com>"
        given = relaxed(MAIL_DEFAULT_SENDER="灯笼 <lantern@example.com>")
        assert given.MAIL_DEFAULT_SENDER == "灯笼 <lantern@example.com>"

    @pytest.mark.parametrize("sender", ["Ada", "ada@", "Ada <ada@x>\nBcc: y@z", "a@b, c@d"])
    def test_a_sender_is_one_address(self, sender: str) -> None:
        (line,) = errors(MAIL_DEFAULT_SENDER=sender)
        assert line.startswith("MAIL_DEFAULT_SENDER must be an e-mail address")

    def test_production_with_mail_needs_an_operator(self) -> None:
        (line,) = errors(MAIL_SERVER="smtp.example.com")
        assert line.startswith("BLUELOG_EMAIL is not set.")

    def test_several_operators_have_commas_between_them(self) -> None:
        found = production(BLUELOG_EMAIL="ada@example.com, eve@example.com,")
        assert found.BLUELOG_EMAIL == ("ada@example.com", "eve@example.com")

    @pytest.mark.parametrize("given", ["ada", "ada@example.com eve@example.com", ",", "a@b,<c@d>"])
    def test_what_is_no_address_is_refused(self, given: str) -> None:
        (line,) = errors(BLUELOG_EMAIL=given)
        assert line.startswith("BLUELOG_EMAIL must be e-mail addresses")


class TestPublicAddress:
    @pytest.mark.parametrize(
        ("given", "origin"),
        [
            ("https://blog.example.com/", "https://blog.example.com"),
            ("HTTPS://Blog.Example.COM:443", "https://blog.example.com"),
            ("https://blog.example.com:8443", "https://blog.example.com:8443"),
            ("https://Bücher.example", "https://xn--bcher-kva.example"),
        ],
    )
    def test_it_is_written_as_browsers_write_an_origin(self, given: str, origin: str) -> None:
        assert production(BLUELOG_URL=given).BLUELOG_URL == origin

    @pytest.mark.parametrize(
        "given",
        [
            "blog.example.com",
            "ftp://blog.example.com",
            "https://",
            "https://blog.example.com/blog",
            "https://blog.example.com?x=1",
            "https://ada@blog.example.com",
            "https://blog.example.com:99999",
            "https://blog example.com",
            "https://[::1",
            "https://a..b",
        ],
    )
    def test_anything_but_scheme_host_and_port_is_refused(self, given: str) -> None:
        (line,) = errors(BLUELOG_URL=given)
        assert line.startswith("BLUELOG_URL must ")

    def test_production_needs_it(self) -> None:
        (line,) = errors(BLUELOG_URL="")
        assert line.startswith("BLUELOG_URL is not set.")

    def test_hosts_and_absolute_addresses_follow_from_it(self) -> None:
        found = production(BLUELOG_URL="https://blog.example.com:8443")
        assert found.BLUELOG_ALLOWED_HOSTS == {"blog.example.com:8443"}
        app = Flask(__name__)
        app.config.from_object(found)
        app.add_url_rule("/x", "x")
        with app.app_context():
            assert app.url_for("x") == "https://blog.example.com:8443/x"

    def test_development_answers_to_any_name_of_the_machine(self, tmp_path: Path) -> None:
        given = {"BLUELOG_DATA_DIR": str(tmp_path), "BLUELOG_URL": "http://127.0.0.1:5000"}
        assert not DevelopmentConfig(given).BLUELOG_ALLOWED_HOSTS

    def test_cookies_are_bound_to_the_host_over_https_and_work_without(self) -> None:
        assert production().SESSION_COOKIE_NAME == "__Host-bluelog_session"
        assert production().SESSION_COOKIE_SECURE is True
        plain = production(BLUELOG_URL="http://blog.example.com", BLUELOG_FORCE_HTTPS="off")
        assert plain.SESSION_COOKIE_NAME == "bluelog_session"
        assert plain.SESSION_COOKIE_SECURE is False
