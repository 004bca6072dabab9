"""What a lent officer does is told to the union that lent him: a row in each of the two, the other's by letter."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kernel.database import WriteSession
from kernel.ids import new_id
from kernel.outbox import post
from tenants.delegation.model import SubstitutionAct

SUBSTITUTE_ACT = "substitute_act"
_REMEMBERED = "lent_acts"


@dataclass(frozen=True)
class LentAct:
    """One act; of its object only the kind goes up."""

    substitution_id: UUID
    home_id: UUID
    at: datetime
    act: str
    object_kind: str


def remember_lent_act(session: WriteSession, done: LentAct) -> None:
    """Write and tell it when the running transaction commits."""
    session.info.setdefault(_REMEMBERED, []).append(done)
    session.before_commit(_report)


async def _report(session: WriteSession) -> None:
    for done in session.info.pop(_REMEMBERED, ()):
        row_id = new_id()
        session.add(
            SubstitutionAct(
                tenant_id=session.tenant_id,
                id=row_id,
                substitution_id=done.substitution_id,
                at=done.at,
                act=done.act,
                object_kind=done.object_kind,
            )
        )
        body = {
            "id": str(row_id),
            "substitution_id": str(done.substitution_id),
            "at": done.at.isoformat(),
            "act": done.act,
            "object_kind": done.object_kind,
        }
        key = f"substitution:{done.substitution_id}"
        await post(session, to=done.home_id, kind=SUBSTITUTE_ACT, body=body, ordering_key=key)
