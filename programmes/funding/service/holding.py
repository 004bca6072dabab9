"""Money rests, ends or is taken back when the case it stands on does."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel.versions import touch
from programmes.applications.rules.transitions import Act, Desk
from programmes.funding import repository
from programmes.funding.events import announce_record
from programmes.funding.model import FundingRecord
from programmes.funding.rules import Standing, resumed, revoked, stopped, suspended
from programmes.titles.rules import TitleState

_RULES: dict[str, Callable[[Standing], Standing]] = {
    Act.SUSPEND: suspended,
    Act.RESUME: resumed,
    Act.STOP: stopped,
}


async def on_application_moved(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `application_moved`: suspended holds the money, resumed lets it go on, stopped asks what becomes of it."""
    rule = _RULES.get(body["act"])
    if rule is not None and body["desk"] == Desk.ORGANISER:
        await _apply(scope, UUID(body["case_id"]), rule)


async def on_title_revoked(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `title_revoked`: recoverable money is claimed back or not paid; where the document is silent, a person decides."""
    await _apply(scope, UUID(body["case_id"]), revoked)


async def on_honour_recorded(scope: WriteScope, body: Mapping[str, Any]) -> None:
    """Reaction to `honour_recorded`: a match of an honour that an upper union took back is decided on like the honour."""
    if body["state"] == TitleState.REVOKED:
        await _apply(scope, UUID(body["case_id"]), revoked)


def standing_of(record: FundingRecord) -> Standing:
    """The record as the rules see it."""
    return Standing(
        state=record.state,
        question=record.question,
        amount_fen=record.amount_fen,
        payee_kind=record.payee_kind,
        recoverable=record.recoverable,
        held_from=record.held_from,
    )


def put(scope: WriteScope, record: FundingRecord, standing: Standing) -> None:
    """Let the record stand where the rules say."""
    record.state = standing.state
    record.question = standing.question
    record.amount_fen = standing.amount_fen
    record.payee_kind = standing.payee_kind
    record.held_from = standing.held_from
    touch(record, scope.clock.now())


async def _apply(scope: WriteScope, case_id: UUID, rule: Callable[[Standing], Standing]) -> None:
    await guard.require(scope, Permission.FUNDING_PLAN, Subject(kind="funding"))
    changes: list[dict[str, str | None]] = []
    for record in await repository.lock_records_of_case(scope.session, case_id):
        before = standing_of(record)
        after = rule(before)
        if after == before:
            continue
        put(scope, record, after)
        announce_record(scope.session, record.id, "adjust", record.updated_at)
        said = {"record": str(record.id), "from": before.state, "state": record.state, "question": record.question}
        changes.append(said)
    if changes:
        audit_act(scope, "funding:plan", "case", case_id, after={"records": changes})
    await scope.session.flush()
