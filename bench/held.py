"""Starts a program behind sockets that are held for it, as systemd does (sd_listen_fds(3)).

python -m bench.held ADDRESS... -- COMMAND...

An address is `HOST:PORT` or the path of a socket.
"""

import os
import socket
import sys
from pathlib import Path

_FIRST_DESCRIPTOR = 3
_BACKLOG = 1024


def main() -> None:
    """Open the sockets, and become the program."""
    end = sys.argv.index("--")
    held = [_open(address) for address in sys.argv[1:end]]
    copies = [os.dup(door.fileno()) for door in held]  # beyond where they are to be
    for number, copy in enumerate(copies, _FIRST_DESCRIPTOR):
        os.dup2(copy, number, inheritable=True)
    environ = {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(len(held))}
    command = sys.argv[end + 1 :]
    os.execvpe(command[0], command, {**os.environ, **environ})


def _open(address: str) -> socket.socket:
    if "/" in address:
        door = socket.socket(socket.AF_UNIX)
        Path(address).unlink(missing_ok=True)  # of a program that ran there before
        door.bind(address)
        Path(address).chmod(0o666)  # nginx asks as somebody else
    else:
        host, _, port = address.rpartition(":")
        door = socket.socket(socket.AF_INET)
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind((host, int(port)))
    door.listen(_BACKLOG)
    return door


if __name__ == "__main__":
    main()
