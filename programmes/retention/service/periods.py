"""A union says how long it keeps each kind of record; while it has not, nothing of that kind is erased, and the kind stands among the open questions."""

from datetime import timedelta

from authz import guard
from authz.permissions import Permission
from authz.scope import ReadScope, WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.schedule import forget_due, remember_due
from kernel.text import clean_text
from kernel.versions import require_seen, touch
from programmes.retention.errors import RETENTION_MONTHS
from programmes.retention.model import RetentionPeriod
from programmes.retention.repository.finding import list_periods, lock_period
from programmes.retention.rules.periods import RecordKind
from programmes.retention.service.erasing import RETENTION_DUE

MOST_MONTHS = 1200
ONE_DAY = timedelta(days=1)
_DOCUMENT_LIMIT = 200


async def set_period(
    scope: WriteScope, kind: RecordKind, *, months: int | None, document: str, version: int | None
) -> RetentionPeriod:
    """From tomorrow's run on; null takes a period back. `version` of the row where there is one. Raises RETENTION_MONTHS, STALE_VERSION."""
    await guard.require(scope, Permission.RETENTION_SET, Subject(kind="retention"))
    if months is not None and not 1 <= months <= MOST_MONTHS:
        raise RETENTION_MONTHS(path=("input", "months"), most=MOST_MONTHS)
    by = clean_text(document, path=("input", "document"), limit=_DOCUMENT_LIMIT)
    found = await lock_period(scope.session, kind)
    before = None if found is None else found.months
    require_seen(0 if found is None else found.version, version or 0)
    period = found or _new_period(scope, kind)
    period.months, period.document = months, by
    if scope.actor.account_id is not None:
        period.set_by = scope.actor.account_id
    touch(period, scope.clock.now())
    scope.session.add(period)
    await scope.session.flush()
    after = {"kind": kind, "months": months, "document": by}
    audit_act(scope, Permission.RETENTION_SET, "retention", period.id, before={"months": before}, after=after)
    await _look_daily(scope)
    return period


async def list_questions(scope: ReadScope) -> list[RecordKind]:
    """The kinds for which this union has set no period."""
    await guard.require(scope, Permission.RETENTION_READ, Subject(kind="retention"))
    known = await list_periods(scope.session)
    return [kind for kind in RecordKind if kind not in known]


def _new_period(scope: WriteScope, kind: RecordKind) -> RetentionPeriod:
    return RetentionPeriod(
        tenant_id=scope.tenant_id, id=new_id(), kind=kind.value, version=0, created_at=scope.clock.now()
    )


async def _look_daily(scope: WriteScope) -> None:
    """The courier looks from tomorrow on while there is a period: who sets a wrong one can still take it back today."""
    if await list_periods(scope.session):
        await remember_due(scope.session, RETENTION_DUE, scope.tenant_id, on=scope.clock.today() + ONE_DAY)
    else:
        await forget_due(scope.session, RETENTION_DUE, scope.tenant_id)
