"""A copy above or below is another handler's: it is told, and decides by its own periods, or by a person of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel import outbox
from kernel.database import ReadSession
from kernel.ids import new_id
from kernel.letters import Letter
from programmes.applications.events import case_key
from programmes.handovers.queries import find_passed_person, list_passings
from programmes.retention.model import ErasureRequest
from programmes.retention.rules.requests import Origin, RequestState

FILE_ERASED = "file_erased"
_SAID = {True: "另一单位应本人申请删除了其档案副本", False: "另一单位的档案副本保存期限届满，已清除"}


@dataclass(frozen=True)
class Counterpart:
    """A union with a copy of a case, and by which passing both know it."""

    tenant_id: UUID
    correlation_id: UUID
    case_id: UUID


async def list_counterparts(session: ReadSession, cases: Sequence[UUID]) -> list[Counterpart]:
    """Everybody these cases were passed to or came from."""
    passings = await list_passings(session, cases)
    return [Counterpart(each.counterpart_id, each.correlation_id, each.case_id) for each in passings]


async def tell_counterparts(scope: WriteScope, told: Sequence[Counterpart], *, asked: bool) -> None:
    """`asked`: the person asked for it, so that they must decide, too."""
    on = scope.clock.today().isoformat()
    for each in told:
        body = {"correlation_id": str(each.correlation_id), "asked": asked, "on": on}
        await outbox.post(
            scope.session, to=each.tenant_id, kind=FILE_ERASED, body=body, ordering_key=case_key(each.case_id)
        )


async def hear_file_erased(scope: WriteScope, letter: Letter) -> None:
    """A union that has a copy erased it: a question to a person here where the craftsman asked for it, else a note."""
    await guard.require(scope, Permission.ERASURE_NOTE, Subject(kind="erasure"))
    person_id = await find_passed_person(scope.session, UUID(letter.body["correlation_id"]), letter.sender_id)
    if person_id is None:
        return
    asked, now = bool(letter.body["asked"]), scope.clock.now()
    row = {
        "tenant_id": scope.tenant_id,
        "id": new_id(),
        "person_id": person_id,
        "origin": Origin.UNION.value,
        "told_by_id": letter.sender_id,
        "letter_id": letter.id,
        "asked_on": date.fromisoformat(letter.body["on"]),
        "reason": _SAID[asked],
        "state": (RequestState.OPEN if asked else RequestState.NOTED).value,
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    fresh = insert(ErasureRequest).values(row).on_conflict_do_nothing().returning(ErasureRequest.id)
    if (await scope.session.execute(fresh)).first() is not None:
        audit_act(scope, Permission.ERASURE_NOTE, "person", person_id, after={"asked": asked})
