"""The container's health check, `python -m deploy.alive`: does the web server in it answer?"""

import http.client
import os
import sys

_SECONDS = 5.0


def main() -> int:
    """Ask /healthz at PORT; 0 when the answer is 200."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]), timeout=_SECONDS)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        print(error)
        return 1
    print(status)
    return 0 if status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
