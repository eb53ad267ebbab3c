"""What looks like a secret key, and what only resembles one."""

import pytest

from bluelog.text.credentials import credentials_in

# Put together here: whoever looks through this source for keys is to find none.
DRAWN = "q7Rk2ZtY9wLmX4bNc8VdPf3HgJs6Ta1Eu0Qo"
KEYS = {
    "AWS": "AKIA" + "Q3ZK7WTX5MBN2VRD",
    "GitHub": "ghp_" + DRAWN,
    "GitLab": "glpat-" + DRAWN[:20],
    "Slack": "xoxb-" + "273849152637-" + DRAWN[:24],
    "Google": "AIza" + DRAWN[:35],
    "Stripe": "sk_live_" + DRAWN[:24],
    "OpenAI": "sk-proj-" + DRAWN,
    "npm": "npm_" + DRAWN,
}


@pytest.mark.parametrize("issuer", KEYS)
def test_a_key_of_a_known_form_is_found_and_not_repeated(issuer: str) -> None:
    key = KEYS[issuer]
    (found,) = credentials_in(f"First set it: `{key}`, then go on.")
    assert found.issuer == issuer
    assert key.startswith(found.beginning.rstrip("…"))
    assert len(found.beginning) < len(key) / 1.5


def test_a_fine_grained_token_of_github_is_found() -> None:
    (found,) = credentials_in("github_pat_" + "11ABCDE0Q" + "_" + DRAWN + DRAWN)
    assert found.issuer == "GitHub"


def test_a_webhook_of_slack_is_found() -> None:
    hook = "https://hooks.slack.com/services/T0K3Z9QXA/B0M7W2RTY/" + DRAWN[:24]
    assert [found.issuer for found in credentials_in(hook)] == ["Slack"]


@pytest.mark.parametrize("kind", ["", "RSA ", "OPENSSH ", "EC "])
def test_a_private_key_is_found(kind: str) -> None:
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"
    text = f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"
    (found,) = credentials_in(text)
    assert found.beginning.startswith("-----BEGIN")
    assert body not in found.beginning


@pytest.mark.parametrize(
    "line",
    [
        f"API_KEY={DRAWN}",
        f'"client_secret": "{DRAWN}"',
        f"password = '{DRAWN[:20]}'",
        f"export SECRET_TOKEN={DRAWN}",
        "secret_key: 9f86d081884c7d659a2feaa0c55ad015",
        f"https://api.example.org/v1?access_token={DRAWN}&page=2",
        f"密码：token={DRAWN}",
        f"密码：{DRAWN}",
        f"API 密钥为 {DRAWN}",
    ],
)
def test_a_value_that_is_named_a_secret_and_looks_drawn_is_found(line: str) -> None:
    assert len(credentials_in(line)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "AKIAIOSFODNN7EXAMPLE is the one of the manual.",
        "ghp_" + "x" * 36,
        "ghp_ is how a token begins, and sk_live_ another.",
        "sk_test_" + DRAWN,
        "sk-learn-is-what-some-people-call-scikit-learn-in-short",
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n",
        "API_KEY=your-api-key-goes-here-1234",
        "token=xxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "password=correct-horse-battery-staple-42",
        "secret_key = os.environ['SECRET_KEY_OF_THE_BLOG_2026']",
        "api_key={{ secrets.PRODUCTION_API_KEY }}",
        "The key: internationalisation2026isfun",
        "commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
        "/uploads/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.jpg",
        "550e8400-e29b-41d4-a716-446655440000",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        "primary_key=True, foreign_key=ForeignKey('post.id')",
        "The keyboard: Ctrl+Shift+P; a monkey, a turkey = a bird of 1492.",
        "键：一百二十三个字符的长长长长长长长长长长长长长长长长长",
    ],
)
def test_what_only_resembles_one_is_left_alone(text: str) -> None:
    assert credentials_in(text) == []


def test_a_key_that_is_named_too_is_told_once() -> None:
    (found,) = credentials_in(f"GITHUB_TOKEN={KEYS['GitHub']}\nGITHUB_TOKEN={KEYS['GitHub']}")
    assert found.issuer == "GitHub"


def test_reading_a_long_text_takes_no_long_time() -> None:
    assert (
        credentials_in("key = " * 50_000 + "-----BEGIN PRIVATE KEY-----" + "a: b\n" * 50_000) == []
    )
