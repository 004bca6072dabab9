"""One change on its way to one subscription: the root value of the subscription's operation, run once for each."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from graphql_api.context import Info
from kernel.live import Change


@dataclass
class Delivery:
    """`change` None: something may have been missed, so that everything should be read again.

    The resolver says what came of it: `is_shown` where the viewer may know, and which `kinds` he wants at all (None: every one).
    """

    change: Change | None
    at: datetime
    is_shown: bool = False
    kinds: frozenset[str] | None = field(default=None)


def delivery_of(info: Info) -> Delivery:
    """The delivery at hand."""
    return cast("Delivery", cast("Any", info).root_value)
