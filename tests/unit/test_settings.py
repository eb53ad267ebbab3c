"""Settings: read once, typed, and refused with a list of everything that is wrong."""

from pathlib import Path

import pytest
from flask import Flask

from bluelog.settings import (
    SETTINGS,
    BaseConfig,
    ConfigurationError,
    DevelopmentConfig,
    ProductionConfig,
    TestingConfig,
    load,
)
from tests.unit.settings_cast import GOOD, errors, production, relaxed


class TestChoosing:
    def test_development_is_the_default(self, tmp_path: Path) -> None:
        chosen = load(environ={"BLUELOG_DATA_DIR": str(tmp_path)})
        assert isinstance(chosen, DevelopmentConfig)
        assert chosen.FLASK_CONFIG == "development"

    def test_the_environment_chooses(self) -> None:
        assert isinstance(load(environ=GOOD), ProductionConfig)
        assert isinstance(load(environ={"FLASK_CONFIG": " Testing "}), TestingConfig)

    def test_a_name_given_wins(self) -> None:
        assert isinstance(load("testing", GOOD), TestingConfig)

    def test_the_real_environment_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FLASK_CONFIG", "testing")
        monkeypatch.setenv("BLUELOG_POST_PER_PAGE", "7")
        assert load().BLUELOG_POST_PER_PAGE == 7

    def test_an_unknown_name_lists_the_known_ones(self) -> None:
        with pytest.raises(ConfigurationError, match="development, testing, production") as refused:
            load(environ={"FLASK_CONFIG": "staging"})
        assert "'staging'" in str(refused.value)


class TestErrors:
    def test_every_mistake_is_named_at_once_one_a_line(self) -> None:
        found = errors(
            SECRET_KEY="dev",
            BLUELOG_URL="blog.example.com",
            MAIL_PORT="smtp",
            BLUELOG_POST_PER_PAGE="0",
            BLUELOG_FORCE_HTTPS="perhaps",
            BLUELOG_MAIL_TIMEOUT="-1",
            BLUELOG_DEFAULT_LANGUAGE="fr",
        )
        assert {line.split()[0] for line in found} == {
            "SECRET_KEY",
            "BLUELOG_URL",
            "MAIL_PORT",
            "BLUELOG_POST_PER_PAGE",
            "BLUELOG_FORCE_HTTPS",
            "BLUELOG_MAIL_TIMEOUT",
            "BLUELOG_DEFAULT_LANGUAGE",
        }
        assert str(ConfigurationError(found)).splitlines()[1:] == [f"- {line}" for line in found]

    def test_each_mistake_is_told_once_and_without_its_consequences(self) -> None:
        assert len(errors(BLUELOG_PROXY_COUNT="one")) == 1
        assert len(errors(BLUELOG_URL="ftp://blog.example.com")) == 1

    @pytest.mark.parametrize(
        ("name", "meant"),
        [
            ("BLUELOG_POSTS_PER_PAGE", "BLUELOG_POST_PER_PAGE"),
            ("BLUELOG_LOG_PATH", "BLUELOG_LOGGING_PATH"),
            ("BLUELOG_MAIL_SERVER", "MAIL_SERVER"),
            ("BLUELOG_ADMIN_EMAIL", "BLUELOG_EMAIL"),
        ],
    )
    def test_a_misspelt_name_is_answered_with_the_nearest(self, name: str, meant: str) -> None:
        assert errors(**{name: "x"}) == [f"{name} is no setting. Did you mean {meant}?"]

    def test_a_name_like_no_other_is_refused_too(self) -> None:
        (line,) = errors(BLUELOG_QQQ="1")
        assert line.startswith("BLUELOG_QQQ is no setting.")

    def test_what_the_tests_read_is_let_through(self) -> None:
        production(BLUELOG_TEST_POSTGRES="postgresql://localhost/x")

    def test_an_empty_value_counts_as_unset(self) -> None:
        assert production(MAIL_PORT=" ", BLUELOG_POST_PER_PAGE="").BLUELOG_POST_PER_PAGE == 10

    @pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL"])
    def test_a_secret_is_not_repeated(self, name: str) -> None:
        assert "swordfish" not in "".join(errors(**{name: "swordfish"}))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("MAIL_PORT", "65536"),
            ("MAIL_PORT", "²5"),
            ("MAIL_PORT", "9" * 5000),
            ("BLUELOG_PROXY_COUNT", "-1"),
            ("BLUELOG_MAIL_TIMEOUT", "nan"),
            ("BLUELOG_MAIL_TIMEOUT", "inf"),
            ("BLUELOG_SLOW_QUERY_THRESHOLD", "1,5"),
            ("BLUELOG_DATA_DIR", "~nobody-of-that-name/data"),
            ("REDIS_URL", "localhost:6379"),
        ],
    )
    def test_a_value_of_the_wrong_kind_is_refused(self, name: str, value: str) -> None:
        (line,) = errors(**{name: value})
        assert line.startswith(f"{name} ")


class TestForcedHttps:
    def test_it_is_on_in_production_alone(self) -> None:
        assert production().BLUELOG_FORCE_HTTPS is True
        assert relaxed().BLUELOG_FORCE_HTTPS is False

    def test_it_contradicts_a_plain_address(self) -> None:
        (line,) = errors(BLUELOG_URL="http://blog.example.com")
        assert line.startswith("BLUELOG_FORCE_HTTPS is on while BLUELOG_URL begins with http://.")
        assert "https:// address" in line
        assert "BLUELOG_FORCE_HTTPS=off" in line

    def test_it_refuses_to_start_where_it_would_redirect_for_ever(self) -> None:
        (line,) = errors(BLUELOG_PROXY_COUNT="0")
        assert "BLUELOG_PROXY_COUNT=1" in line
        assert "BLUELOG_OWN_TLS=on" in line

    @pytest.mark.parametrize(
        "given",
        [
            {"BLUELOG_OWN_TLS": "on"},
            {"GUNICORN_CMD_ARGS": "--bind :443 --certfile=/etc/cert.pem --keyfile /etc/key.pem"},
            {"GUNICORN_CMD_ARGS": "--certfile /etc/cert.pem"},
            {"BLUELOG_FORCE_HTTPS": "off"},
        ],
    )
    def test_a_certificate_of_gunicorns_own_or_plain_http_will_do(
        self, given: dict[str, str]
    ) -> None:
        production(BLUELOG_PROXY_COUNT="0", **given)

    def test_other_arguments_of_gunicorn_are_no_certificate(self) -> None:
        assert errors(BLUELOG_PROXY_COUNT="0", GUNICORN_CMD_ARGS="--ca-certs x --keyfile y")


class TestNotices:
    def test_flask_env_is_answered_by_what_replaced_it(self) -> None:
        (notice,) = production(FLASK_ENV="production").notices
        assert "FLASK_CONFIG" in notice
        assert "FLASK_DEBUG" in notice

    def test_production_whose_commands_would_use_another_database_says_so(self) -> None:
        (notice,) = production(FLASK_CONFIG="development").notices
        assert notice.startswith("FLASK_CONFIG is not production")

    def test_nothing_is_said_without_reason(self) -> None:
        assert production().notices == []
        assert relaxed().notices == []


class TestTable:
    def test_flask_takes_every_setting(self) -> None:
        app = Flask(__name__)
        app.config.from_object(production())
        assert all(setting.config_key in app.config for setting in SETTINGS)
        assert app.config["SQLALCHEMY_ENGINE_OPTIONS"] == {"hide_parameters": True}
        assert app.config["MAX_CONTENT_LENGTH"] == 9 * 1024**2
        assert not app.debug
        assert not app.testing

    def test_every_setting_is_typed_in_the_class(self) -> None:
        typed = BaseConfig.__annotations__.keys()
        named = {setting.config_key for setting in SETTINGS} - {"FLASK_CONFIG"}
        assert named == {name for name in typed if name.isupper()}

    def test_every_setting_is_explained_in_both_languages(self) -> None:
        for setting in SETTINGS:
            assert setting.en.endswith("."), setting.name
            assert setting.zh.endswith("。"), setting.name
            assert bool(setting.default_en) == bool(setting.default_zh), setting.name

    def test_a_default_is_shown_in_words_or_as_it_is(self) -> None:
        shown = {setting.name: setting for setting in SETTINGS}
        assert shown["BLUELOG_POST_PER_PAGE"].default_in("en") == "10"
        assert shown["MAIL_SERVER"].default_in("en") == ""
        assert shown["BLUELOG_URL"].default_in("zh-Hans") == "生产环境必填"

    def test_no_setting_stands_twice(self) -> None:
        names = [setting.name for setting in SETTINGS]
        assert len(names) == len(set(names))
