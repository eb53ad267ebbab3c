"""Whether what was said of a bucket is enough to reach it."""

from collections.abc import Mapping

BUCKET = "S3_BUCKET"
REGION = "S3_REGION"
ENDPOINT = "S3_ENDPOINT_URL"
USUAL_REGION = "us-east-1"
NAMES = (BUCKET, ENDPOINT, "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", REGION, "S3_PREFIX")
_NEEDED = (BUCKET, "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")


def missing(values: Mapping[str, str | None]) -> dict[str, str]:
    """What has to be given as well, in words that follow its name, once anything is given."""
    given = [name for name, value in values.items() if value]
    if not given:
        return {}
    wanted = [name for name in _NEEDED if not values[name]]
    if not (values[ENDPOINT] or values[REGION]):
        wanted.append(REGION)
    return {name: _words(name, given) for name in wanted}


def _words(name: str, given: list[str]) -> str:
    if name == REGION:
        return "is not set. Give the region of Amazon's bucket, or the server in S3_ENDPOINT_URL."
    others = " and ".join(given)
    return f"is not set, but {others} {'are' if len(given) > 1 else 'is'}. A bucket needs them all."
