"""Telling those who are looking that something changed: one PostgreSQL notification for each transaction, sent by its commit.

A notification holds ids and words only, never a name: every role of the database may listen. It is a hint and no source: whoever hears it reads the object
again, as himself and behind his own walls. What is not heard is lost; whoever was away reads everything again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson

from kernel.database import WriteSession

CHANNEL = "jiangti_live"
MOST_NAMED = 40
"""Of more changes in one transaction only that there were many is told; so a notification stays below PostgreSQL's 8,000 bytes."""
_LONGEST_WORD = 40
_CHANGES = "live_changes"


@dataclass(frozen=True)
class Change:
    """An object of a kind was changed by an act."""

    kind: str
    object_id: UUID
    act: str
    at: datetime


@dataclass(frozen=True)
class Told:
    """What one commit told of one tenant; no changes: more than could be named."""

    tenant_id: UUID
    changes: tuple[Change, ...]


def announce_change(session: WriteSession, kind: str, object_id: UUID, act: str, at: datetime) -> None:
    """Tell of it when this transaction commits."""
    session.info.setdefault(_CHANGES, {})[kind, object_id, act] = Change(kind, object_id, act, at)
    session.before_commit(_notify)


async def _notify(session: WriteSession) -> None:
    changes = list(session.info.pop(_CHANGES, {}).values())
    session.deferred.tell(CHANNEL, encode(session.tenant_id, changes))


def encode(tenant_id: UUID, changes: Sequence[Change]) -> str:
    """The payload of a notification."""
    named = changes if len(changes) <= MOST_NAMED else ()
    told = [[change.kind, str(change.object_id), change.act, change.at.isoformat()] for change in named]
    return orjson.dumps({"tenant": str(tenant_id), "changes": told}).decode()


def decode(payload: str) -> Told | None:
    """What a payload says; None for what is none of ours, since any role may send one."""
    try:
        given = orjson.loads(payload)
        changes = tuple(
            Change(_word(kind), UUID(object_id), _word(act), datetime.fromisoformat(at))
            for kind, object_id, act, at in given["changes"]
        )
        return Told(UUID(given["tenant"]), changes)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _word(given: str) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= _LONGEST_WORD:  # pyright: ignore[reportUnnecessaryIsInstance] - from outside
        raise ValueError(given)
    return given
