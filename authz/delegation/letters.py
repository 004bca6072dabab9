"""What one union tells the other about a substitution, taken in by the receiver; each finds the news already there when it comes twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from authz import guard
from authz.delegation.substitutes import KIND, assign_row, end_row, lent_row
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.letters import Letter
from tenants.delegation.model import Substitution, SubstitutionAct
from tenants.queries import find_tenant


async def receive_request(scope: WriteScope, letter: Letter) -> None:
    """From a union right below, on either line; anybody else's is dropped."""
    await guard.require(scope, Permission.SUBSTITUTE_RECEIVE, Subject(KIND))
    sender = await find_tenant(scope.session, letter.sender_id)
    if sender is None or scope.tenant_id not in {sender.parent_id, sender.industry_parent_id}:
        return
    key = UUID(letter.body["id"])
    if await scope.session.get(Substitution, (scope.tenant_id, key)) is not None:
        return
    row = lent_row(scope, key, letter.sender_id, letter.body)
    scope.session.add(row)
    audit_act(scope, Permission.SUBSTITUTE_RECEIVE, "substitution", row.id, after={"state": row.state})


async def hear_appointed(scope: WriteScope, letter: Letter) -> None:
    """The superior has lent somebody; nothing where the request was withdrawn meanwhile."""
    row = await _record(scope, letter, letter.body["id"])
    if row is not None and row.side == "asking" and row.state == "requested":
        assign_row(scope, row, letter.body)
        audit_act(scope, Permission.SUBSTITUTE_RECEIVE, "substitution", row.id, after={"state": row.state})


async def hear_ended(scope: WriteScope, letter: Letter) -> None:
    """The other union has ended it."""
    row = await _record(scope, letter, letter.body["id"])
    if row is not None and row.state != "ended":
        end_row(scope, row, letter.body["ended_by"], letter.body["because"])
        audit_act(scope, Permission.SUBSTITUTE_RECEIVE, "substitution", row.id, after={"state": row.state})


async def hear_act(scope: WriteScope, letter: Letter) -> None:
    """What the lent officer did below."""
    told = letter.body
    row = await _record(scope, letter, told["substitution_id"])
    if row is None or row.side != "lending":
        return
    values = {
        "tenant_id": scope.tenant_id,
        "id": UUID(told["id"]),
        "substitution_id": row.id,
        "at": datetime.fromisoformat(told["at"]),
        "act": told["act"],
        "object_kind": told["object_kind"],
    }
    await scope.session.execute(insert(SubstitutionAct).values(values).on_conflict_do_nothing())


async def _record(scope: WriteScope, letter: Letter, key: str) -> Substitution | None:
    """The union's own record that the sender has the other half of."""
    await guard.require(scope, Permission.SUBSTITUTE_RECEIVE, Subject(KIND))
    found = select(Substitution).where(
        Substitution.tenant_id == scope.tenant_id,
        Substitution.id == UUID(key),
        Substitution.counterpart_id == letter.sender_id,
    )
    return (await scope.session.execute(found.with_for_update())).scalar_one_or_none()
