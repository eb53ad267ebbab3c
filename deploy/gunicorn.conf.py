"""Settings of the web server, the same under systemd, Supervisor and in a container.

WEB_CONCURRENCY sets the number of workers; GUNICORN_CMD_ARGS and the command line win over
everything here.
"""

import gc
import os
from typing import Any

_CORES = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
_FEWEST_WORKERS, _MOST_WORKERS = 2, 8

wsgi_app = "wsgi:app"

# Two workers on the smallest machine, so that one may be replaced while the other answers.
workers = int(os.environ.get("WEB_CONCURRENCY", min(max(_FEWEST_WORKERS, _CORES), _MOST_WORKERS)))
worker_class = "gthread"
threads = 8

# A worker that grew is replaced, and never all of them at once.
max_requests = 5000
max_requests_jitter = 1000

# systemd waits 40 s and Supervisor 35 s before they kill: long enough for what is under way.
graceful_timeout = 25
timeout = 60
keepalive = 5

# Where the workers' heartbeats are files in memory: a busy disk must not look like a dead worker.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108

# Whoever may open the socket is nginx. The app itself believes as many proxies as
# BLUELOG_PROXY_COUNT counts.
forwarded_allow_ips = "127.0.0.1,::1"
limit_request_line = 8190

# nginx writes the access log, or the app itself where there is none. The errors go where the
# process manager keeps them.
accesslog = None
errorlog = "-"

# A door of gunicorn's own that nobody here uses.
control_socket_disable = True

# systemd holds the socket and says so: there a reload is a restart behind it, and loading the app
# once is quicker and smaller. Everywhere else HUP must load new code, so each worker loads it.
# Loading opens no connection and starts no thread: those are made after the fork, by their users.
preload_app = os.environ.get("LISTEN_PID") == str(os.getpid())


def when_ready(_server: Any) -> None:
    """Have what was loaded before the fork never be walked by a worker's collector.

    A walk writes to every object that it passes, and so makes a copy of all that was shared.
    """
    gc.collect()
    gc.freeze()
