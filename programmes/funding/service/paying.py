"""Three persons handle each payment: one applies, one approves, one pays."""

from uuid import UUID

from authz import guard
from authz.duties import Duty
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.stages import stage_name
from authz.subject import Subject
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.funding import repository
from programmes.funding.errors import FUNDING_STATE
from programmes.funding.events import announce_record
from programmes.funding.model import FundingRecord
from programmes.funding.rules import STEPS

_DUTIES = {
    Permission.FUNDING_APPLY: Duty.APPLIED_PAYMENT,
    Permission.FUNDING_APPROVE: Duty.APPROVED_PAYMENT,
    Permission.FUNDING_PAY: Duty.PAID,
}
_HANDS = {
    Permission.FUNDING_APPLY: "applied_by",
    Permission.FUNDING_APPROVE: "approved_by",
    Permission.FUNDING_PAY: "paid_by",
}
_NUMBER_LIMIT = 100


async def apply_for_payment(scope: WriteScope, record_id: UUID, *, version: int) -> FundingRecord:
    """Ask for a planned record to be paid. Raises FUNDING_STATE while a question is open."""
    record = await _step(scope, record_id, Permission.FUNDING_APPLY, version)
    await scope.session.flush()
    return record


async def approve_payment(scope: WriteScope, record_id: UUID, *, version: int) -> FundingRecord:
    """Approve the payment; not by the one who applied for it, nor by the one who recommended the person."""
    record = await _step(scope, record_id, Permission.FUNDING_APPROVE, version)
    await scope.session.flush()
    return record


async def record_payment(scope: WriteScope, record_id: UUID, *, voucher_no: str, version: int) -> FundingRecord:
    """Record that it was paid, with the voucher; by neither of the two before."""
    number = clean_text(voucher_no, path=("input", "voucherNo"), limit=_NUMBER_LIMIT)
    record = await _step(scope, record_id, Permission.FUNDING_PAY, version, {"voucher_no": number})
    record.voucher_no = number
    record.paid_on = scope.clock.today()
    await scope.session.flush()
    return record


async def payment_subject(scope: WriteScope, record: FundingRecord, stage: str) -> Subject:
    """The record as the gate sees it; duties in the case it stands on count."""
    about = await repository.list_application_ids(scope.session, record.case_id)
    return Subject(kind="funding", id=record.id, stage=stage, about=about)


async def _step(
    scope: WriteScope, record_id: UUID, permission: Permission, version: int, facts: dict[str, str] | None = None
) -> FundingRecord:
    record = await repository.lock_record(scope.session, record_id)
    source, target = STEPS[permission.act]
    subject = await payment_subject(scope, record, source)
    await guard.require(scope, permission, subject)
    require_version(record, version)
    if record.state != source:
        raise FUNDING_STATE(state=stage_name("funding", record.state))
    record.state = target
    touch(record, scope.clock.now())
    await guard.note(scope, _DUTIES[permission], subject, by=permission)
    setattr(record, _HANDS[permission], scope.actor.account_id)
    audit_act(
        scope,
        permission.value,
        "funding_record",
        record.id,
        before={"state": source.value},
        after={"state": target.value, **(facts or {})},
    )
    announce_record(scope.session, record.id, permission.act, record.updated_at)
    return record
