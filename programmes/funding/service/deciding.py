"""What the documents leave open is decided by a person, with a document; and what another level paid is recorded."""

from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import require_version
from programmes.funding import repository
from programmes.funding.errors import (
    ANSWER_LACKS_AMOUNT,
    ANSWER_LACKS_PAYEE,
    CASE_SUSPENDED,
    HONOUR_NOT_IN_FORCE,
    NO_QUESTION,
    REWARD_NOTHING,
    REWARD_RECORDED,
)
from programmes.funding.events import announce_record, announce_reward
from programmes.funding.model import FundingRecord, RewardResult
from programmes.funding.rules import Answer, FundingKind, FundingState, Question, resolve
from programmes.funding.service.holding import put, standing_of
from programmes.funding.service.paying import payment_subject
from programmes.titles.queries import get_honour
from programmes.titles.rules import TitleState

_NUMBER_LIMIT = 100
_LONG_TEXT = 2000


async def answer_question(
    scope: WriteScope, record_id: UUID, answer: Answer, *, reason: str, document_no: str, version: int
) -> FundingRecord:
    """Decide what the record waits for: a yes plans it (or leaves the next question open), a no ends it.

    Raises NO_QUESTION, or ANSWER_LACKS_PAYEE / ANSWER_LACKS_AMOUNT where a yes does not say what was asked. A suspended case is no question: resume it.
    """
    record = await repository.lock_record(scope.session, record_id)
    stage = record.state if record.state == FundingState.PAID else FundingState.BLOCKED
    await guard.require(scope, Permission.FUNDING_ANSWER, await payment_subject(scope, record, stage))
    require_version(record, version)
    _require_answerable(record)
    before = standing_of(record)
    after = resolve(before, answer)
    _require_answered(before.question, after.question)
    put(scope, record, after)
    record.answer = clean_text(reason, path=("input", "reason"), limit=_LONG_TEXT)
    record.answer_document_no = clean_text(document_no, path=("input", "documentNo"), limit=_NUMBER_LIMIT)
    facts = {"state": record.state, "agreed": answer.agreed, "document_no": record.answer_document_no}
    asked = {"state": before.state, "question": before.question}
    audit_act(scope, "funding:answer", "funding_record", record.id, before=asked, after=facts)
    await scope.session.flush()
    announce_record(scope.session, record.id, "answer", record.updated_at)
    return record


async def record_reward(
    scope: WriteScope, honour_id: UUID, *, kind: FundingKind, amount_fen: int, document_no: str
) -> RewardResult:
    """Record what the upper level paid for an honour, once; matching rules count from it. Raises REWARD_RECORDED the second time."""
    honour = await get_honour(scope.session, honour_id)
    about = await repository.list_application_ids(scope.session, honour.case_id)
    await guard.require(scope, Permission.REWARD_RECORD, Subject(kind="reward", about=about))
    if honour.state != TitleState.IN_FORCE:
        raise HONOUR_NOT_IN_FORCE()
    if amount_fen <= 0:
        raise REWARD_NOTHING(path=("input", "amount"))
    reward_id = new_id()
    entered = await repository.insert_reward(
        scope.session,
        {
            "tenant_id": scope.tenant_id,
            "id": reward_id,
            "honour_id": honour.id,
            "person_id": honour.person_id,
            "kind": kind.value,
            "amount_fen": amount_fen,
            "document_no": clean_text(document_no, path=("input", "documentNo"), limit=_NUMBER_LIMIT),
            "recorded_by": scope.actor.account_id,
            "recorded_at": scope.clock.now(),
            "details": {},
        },
    )
    if not entered:
        raise REWARD_RECORDED(path=("input", "honourId"))
    reward = await repository.get_reward(scope.session, reward_id)
    facts = {"kind": kind.value, "amount_fen": amount_fen, "document_no": reward.document_no}
    audit_act(scope, "reward:record", "reward_result", reward.id, after=facts)
    await announce_reward(scope.session, reward, honour)
    return reward


def _require_answerable(record: FundingRecord) -> None:
    if record.question is None:
        raise NO_QUESTION()
    if record.question == Question.CASE_SUSPENDED:
        raise CASE_SUSPENDED()


def _require_answered(before: str | None, after: str | None) -> None:
    if before != after:
        return
    if after == Question.PAYEE_SILENT:
        raise ANSWER_LACKS_PAYEE(path=("input", "payeeKind"))
    if after == Question.AMOUNT_SILENT:
        raise ANSWER_LACKS_AMOUNT(path=("input", "amount"))
