"""The product without admission control, for comparison: `python -m bench.unguarded` on an inherited socket, as `cli.attached api` otherwise."""

import os
import socket

from starlette.applications import Starlette

from cli.attached import LISTENER_VARIABLE, run_api
from graphql_api.admission.turns import AdmissionLimits
from graphql_api.app import create_app
from kernel.settings import Settings

EVERYBODY = AdmissionLimits(turns=100_000, share=1.0, places=100_000, wait_seconds=3600, bodies=100_000)


def create_unguarded() -> Starlette:
    """Everybody comes in at once; what is left is the pools' own waiting."""
    return create_app(EVERYBODY)


if __name__ == "__main__":
    run_api(
        Settings.from_env(os.environ),
        socket.socket(fileno=int(os.environ[LISTENER_VARIABLE])),
        "bench.unguarded:create_unguarded",
    )
