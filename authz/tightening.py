"""A union tightens its own rules: deny rows for its people and, if it says so, for those of every union below it. It never widens anything.

They hold from the next request on, everywhere: a session is read together with the rows that bind its union.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from authz import enforcer, guard
from authz.denials import is_word_for_word_known
from authz.errors import BAD_TIGHTENING, BAD_TIGHTENING_PERIOD, TIGHTENING_TWICE, TIGHTENS_NOTHING, TOO_MANY_TIGHTENINGS
from authz.permissions import Permission
from authz.policy_rows import ALLOW
from authz.relations import ANY
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.errors import NOT_FOUND
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version
from tenants.policies.model import PolicyTightening

MOST = 100
"""Live rows of one union: all of them, and those of at most eight unions above, come with each session."""
_READ_BY_LIST = "case:read"
_LIMIT = 200
_KIND = "policy"


@dataclass(frozen=True, kw_only=True)
class NewTightening:
    """`role` may no longer do this act, in this stage (`*`: in every one). `valid_to` is the first day on which it may again."""

    role: str
    permission: str
    stage: str = ANY
    binds_below: bool = False
    reason: str
    document: str
    valid_from: date
    valid_to: date | None = None


async def tighten(scope: WriteScope, new: NewTightening) -> UUID:
    """Forbid something here; returns the row's id.

    Raises the gate's refusals, BAD_TIGHTENING for a word outside the vocabularies, TIGHTENS_NOTHING, BAD_TIGHTENING_PERIOD, TIGHTENING_TWICE,
    TOO_MANY_TIGHTENINGS and the refusals of texts.
    """
    await guard.require(scope, Permission.POLICY_TIGHTEN, Subject(_KIND))
    row = _row(scope, new)
    await _require_room(scope, row)
    scope.session.add(row)
    audit_act(scope, Permission.POLICY_TIGHTEN, _KIND, row.id, after=_shown(row))
    return row.id


async def lift(scope: WriteScope, tightening_id: UUID, version: int) -> UUID:
    """Allow again what this union itself has forbidden; a superior's row is none of its rows (NOT_FOUND).

    Lifting what is lifted changes nothing, and is recorded.
    """
    found = await scope.session.execute(
        select(PolicyTightening)
        .where(PolicyTightening.tenant_id == scope.tenant_id, PolicyTightening.id == tightening_id)
        .with_for_update()
    )
    row = found.scalar_one_or_none()
    if row is None:
        raise NOT_FOUND()
    await guard.require(scope, Permission.POLICY_LIFT, Subject(_KIND, id=row.id))
    require_version(row, version)
    before = _shown(row)
    if row.lifted_at is None:
        row.lifted_at, row.lifted_by = scope.clock.now(), scope.actor.name
        row.version, row.updated_at = row.version + 1, scope.clock.now()
    audit_act(scope, Permission.POLICY_LIFT, _KIND, row.id, before=before, after=_shown(row))
    return row.id


def _row(scope: WriteScope, new: NewTightening) -> PolicyTightening:
    typ, _, act = new.permission.partition(":")
    if not is_word_for_word_known(new.role, typ, act, new.stage):
        raise BAD_TIGHTENING(path=("input", "role"), role=new.role, permission=new.permission, stage=new.stage)
    rows = enforcer.current().rows_for(new.permission)
    if new.permission == _READ_BY_LIST or not any(row.eft == ALLOW and row.role == new.role for row in rows):
        raise TIGHTENS_NOTHING(path=("input", "permission"), role=new.role, permission=new.permission)
    if new.valid_from < scope.clock.today() or (new.valid_to is not None and new.valid_to <= new.valid_from):
        raise BAD_TIGHTENING_PERIOD(path=("input", "validFrom"))
    now = scope.clock.now()
    return PolicyTightening(
        tenant_id=scope.tenant_id,
        id=new_id(),
        role=new.role,
        typ=typ,
        act=act,
        stage=new.stage,
        binds_below=new.binds_below,
        reason=clean_text(new.reason, path=("input", "reason"), limit=_LIMIT),
        document=clean_text(new.document, path=("input", "document"), limit=_LIMIT),
        created_by=scope.actor.name,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        lifted_at=None,
        lifted_by=None,
        version=1,
        created_at=now,
        updated_at=now,
    )


async def _require_room(scope: WriteScope, row: PolicyTightening) -> None:
    """Neither the same once more nor more than a session should carry; rows that have ended do not count. Takes turns within the union."""
    await scope.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(scope.tenant_id), 16))))
    live = select(PolicyTightening).where(
        PolicyTightening.tenant_id == scope.tenant_id,
        PolicyTightening.lifted_at.is_(None),
        func.coalesce(PolicyTightening.valid_to > scope.clock.today(), True),
    )
    others = (await scope.session.execute(live)).scalars().all()
    if len(others) >= MOST:
        raise TOO_MANY_TIGHTENINGS(most=MOST)
    same = (row.role, row.typ, row.act, row.stage, row.binds_below, row.valid_from)
    if any((o.role, o.typ, o.act, o.stage, o.binds_below, o.valid_from) == same for o in others):
        raise TIGHTENING_TWICE(path=("input", "permission"))


def _shown(row: PolicyTightening) -> dict[str, object]:
    return {
        "row": f"{row.role},{row.typ},{row.act},{ANY},{ANY},{row.stage},deny",
        "binds_below": row.binds_below,
        "document": row.document,
        "reason": row.reason,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": None if row.valid_to is None else row.valid_to.isoformat(),
        "lifted": row.lifted_at is not None,
        "policy": enforcer.current().revision,
    }
