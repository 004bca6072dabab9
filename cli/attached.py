"""A child of the tree, `python -m cli.attached api|worker`: lives no longer than its parent.

Standard input is a pipe whose other end only the parent holds. When the parent dies, however it dies, the pipe ends; then the child
ends its whole process group.
"""

import os
import runpy
import signal
import socket
import sys
import threading
import time

import uvicorn

from graphql_api.live.transport import socket_options
from graphql_api.transport import http_options, raise_open_files
from kernel.settings import Settings

_GRACE = 5.0
LISTENER_VARIABLE = "JIANGTI_LISTENER"


def main() -> None:
    """Attach to the parent and become what the argument says."""
    threading.Thread(target=_watch_parent, name="parent watch", daemon=True).start()
    if sys.argv[1] == "api":
        run_api(Settings.from_env(os.environ), socket.socket(fileno=int(os.environ[LISTENER_VARIABLE])))
    else:
        sys.argv = ["workers"]
        runpy.run_module("workers", run_name="__main__", alter_sys=True)


def run_api(settings: Settings, listener: socket.socket, factory: str = "graphql_api.app:create_app") -> None:
    """Serve the API on a listening socket until SIGTERM; open requests get `drain_timeout` to end."""
    config = uvicorn.Config(
        factory,
        factory=True,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        **socket_options(),
        **http_options(),
        timeout_graceful_shutdown=int(settings.drain_timeout),
    )
    os.environ.update(settings.environ())
    raise_open_files()
    uvicorn.Server(config).run([listener])


def _watch_parent() -> None:
    while os.read(0, 1):
        pass
    os.killpg(0, signal.SIGTERM)
    time.sleep(_GRACE)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
