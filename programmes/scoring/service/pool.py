"""The pool of experts: who they are and where they work, so that conflicts can be seen. They sit in the organiser's tenant by a membership of their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from authz.roles import Role
from authz.scope import WriteScope
from kernel.errors import NOT_FOUND
from kernel.identity import require_credit_code
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import touch
from programmes.scoring import repository
from programmes.scoring.errors import EXPERT_NOT_REGISTERED, NO_EXPERTS, NOT_AN_EXPERT
from programmes.scoring.model import Expert
from tenants.queries import find_visible_tenant

_NAME_LIMIT = 100


@dataclass(frozen=True)
class ExpertEntry:
    """An expert by his account; what is known of him may be left out once the pool has it. `unit_id`: the union he comes from, if any."""

    account_id: UUID
    employer: str | None = None
    employer_code: str | None = None
    unit_id: UUID | None = None
    specialty: str | None = None


async def enter_experts(scope: WriteScope, entries: Sequence[ExpertEntry]) -> list[Expert]:
    """The pool's rows for these people, made or brought up to date; each must hold a running membership as expert here."""
    if not entries or len({entry.account_id for entry in entries}) != len(entries):
        raise NO_EXPERTS(path=("input", "experts"))
    accounts = [entry.account_id for entry in entries]
    memberships = await repository.list_memberships(scope.session, accounts, scope.clock.today())
    names = {row.account_id: row.name for row in memberships if Role.EXPERT in row.roles}
    known = {expert.account_id: expert for expert in await repository.list_experts(scope.session, accounts)}
    pool: list[Expert] = []
    for position, entry in enumerate(entries):
        path = ("input", "experts", str(position))
        if entry.account_id not in names:
            raise NOT_AN_EXPERT(path=path)
        await _require_known_unit(scope, entry, path)
        pool.append(_enter(scope, entry, names[entry.account_id], known.get(entry.account_id), path))
    await scope.session.flush()
    return pool


async def _require_known_unit(scope: WriteScope, entry: ExpertEntry, path: tuple[str, ...]) -> None:
    """A union that this one does not know of is answered like one that does not exist."""
    if entry.unit_id is not None:
        unit = await find_visible_tenant(scope.session, scope.actor.tenant, entry.unit_id)
        if unit is None:
            raise NOT_FOUND(path=(*path, "unitId"))


def _enter(scope: WriteScope, entry: ExpertEntry, name: str, known: Expert | None, path: tuple[str, ...]) -> Expert:
    if entry.employer is None:
        if known is None:
            raise EXPERT_NOT_REGISTERED(path=(*path, "employer"), name=name)
        return known
    employer = clean_text(entry.employer, path=(*path, "employer"), limit=_NAME_LIMIT)
    now = scope.clock.now()
    if known is None:
        known = Expert(tenant_id=scope.tenant_id, id=new_id(), account_id=entry.account_id, version=0, created_at=now)
        scope.session.add(known)
    code = entry.employer_code
    known.name, known.employer = name, employer
    known.employer_code = None if code is None else require_credit_code(code, path=(*path, "employerCode"))
    specialty = clean_text(entry.specialty or "", path=(*path, "specialty"), limit=_NAME_LIMIT, optional=True)
    known.unit_id, known.specialty = entry.unit_id, specialty or None
    touch(known, now)
    return known
