"""Settings for tests: good ones for production, with changes."""

import pytest

from bluelog.settings import BaseConfig, ConfigurationError, ProductionConfig, TestingConfig

KEY = "4d1f0cb2a9e84c6f9b0e7a5d3c2f1e0b"
GOOD = {
    "SECRET_KEY": KEY,
    "BLUELOG_URL": "https://blog.example.com",
    "BLUELOG_PROXY_COUNT": "1",
    "FLASK_CONFIG": "production",
}


def production(**changes: str) -> BaseConfig:
    return ProductionConfig(GOOD | changes)


def errors(**changes: str) -> list[str]:
    """What production says to good settings with these changes; "" unsets one."""
    with pytest.raises(ConfigurationError) as refused:
        production(**changes)
    return refused.value.errors


def relaxed(**changes: str) -> BaseConfig:
    return TestingConfig(changes)
