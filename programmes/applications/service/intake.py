"""The receiving desk: a case arrives with its dossier; and what comes back down from above."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from authz import carried, guard
from authz.permissions import Permission
from authz.scope import WriteScope
from authz.subject import Subject
from kernel.ids import new_id
from kernel.versions import touch
from programmes.applications import repository
from programmes.applications.events import announce_move
from programmes.applications.model import Application, Evidence, PeerLetter
from programmes.applications.rules.transitions import CLOSED, Act, Desk, State, find_transition
from programmes.applications.service.dossier import EVIDENCE_FIELDS, LETTER_FIELDS
from programmes.applications.service.forwarding import give_back_place
from programmes.applications.service.moving import admit, carry_out, remember, subject_of
from programmes.catalogue.model import Edition
from programmes.catalogue.queries import get_edition, rulebook_of
from programmes.people.service import feed_consents, take_in_person

_COMES_BACK = frozenset({State.RETURNED, State.WITHDRAWN})
_SUPERSEDED = "该人选已由其他渠道重新报送"
_FIRST_STATE = {Desk.RECOMMENDING_UNIT: State.AT_RECOMMENDING_UNIT, Desk.ORGANISER: State.RECEIVED}


#: Refused before the organiser had it: the person may be put forward on another route in this edition.
_ANOTHER_ROUTE = frozenset({State.DECLINED, State.NOT_RECOMMENDED})


@dataclass(frozen=True)
class TakenIn:
    """A case that arrived; `changed` are the fields that its dossier changed in the file that this tenant had of the person."""

    application: Application
    changed: Sequence[str]


async def take_in_case(scope: WriteScope, dossier: Mapping[str, Any], *, handover_id: UUID) -> TakenIn:
    """The case as this tenant has it from now on, built from an opened dossier; a case that was returned comes back to its row."""
    edition = await get_edition(scope.session, UUID(dossier["edition_id"]))
    desk = await _desk_of(scope, edition, dossier)
    known = await repository.find_case(scope.session, UUID(dossier["case_id"]))
    if known is not None and known.state in _COMES_BACK:
        application = await repository.lock_application(scope.session, known.id)
        transition = await admit(scope, application, Act.RECEIVE)
        await repository.clear_material(scope.session, application.id)
        changed = await _fill(scope, application, dossier, handover_id)
        return TakenIn(await carry_out(scope, application, transition, audited=False), changed)
    await guard.require(scope, Permission.CASE_RECEIVE, Subject(kind="case", id=None, desk=desk))
    now = scope.clock.now()
    application = Application(
        tenant_id=scope.tenant_id,
        id=new_id(),
        case_id=UUID(dossier["case_id"]),
        edition_id=edition.id,
        organiser_id=edition.tenant_id,
        desk=desk,
        state=_FIRST_STATE[desk],
        applying_unit_id=UUID(dossier["applying_unit_id"]),
        created_at=now,
        updated_at=now,
    )
    changed = await _fill(scope, application, dossier, handover_id)
    remember(scope, application, Act.RECEIVE, None)
    await scope.session.flush()
    await announce_move(scope.session, application, Act.RECEIVE, None)
    return TakenIn(application, changed)


async def _desk_of(scope: WriteScope, edition: Edition, dossier: Mapping[str, Any]) -> Desk:
    """Where the dossier arrives. An organiser that also recommends for the sender first decides whether it does."""
    if edition.tenant_id != scope.tenant_id:
        return Desk.RECOMMENDING_UNIT
    rulebook = await rulebook_of(scope.session, edition.id)
    unread = dossier["route"][-1]["desk"] == Desk.APPLYING_UNIT and rulebook.has_stage("recommend")
    return Desk.RECOMMENDING_UNIT if unread else Desk.ORGANISER


async def _fill(
    scope: WriteScope, application: Application, dossier: Mapping[str, Any], handover_id: UUID
) -> Sequence[str]:
    """Make the case what the dossier says; returns which fields of the person's own file changed by it."""
    arrived = await take_in_person(scope, dossier["person"])
    person = arrived.person
    application.person_id = person.id
    await _close_superseded(scope, application)
    application.incoming_handover_id = handover_id
    application.recommending_unit_id = _recommender(scope, application, dossier)
    application.deeds = dossier["deeds"]
    application.consent_on = _day(dossier["consent_on"])
    await feed_consents(scope, person.id, application.consent_on)
    application.titles_held = dossier["titles_held"]
    application.route_so_far = dossier["route"]
    await carried.unpack(scope, application.id, application.case_id, dossier.get("duties", ()))
    application.exception_reason = dossier["exception"]["reason"]
    application.exception_approver = dossier["exception"]["approver"]
    application.unit_opinion = dossier["unit_opinion"]
    if application.desk == Desk.ORGANISER:
        application.opinion = dossier["opinion"]
        application.rank = dossier["rank"]
    scope.session.add(application)
    await scope.session.flush()
    now = scope.clock.now()
    row = {"tenant_id": scope.tenant_id, "application_id": application.id, "created_at": now, "updated_at": now}
    for entry in dossier["evidence"]:
        values = {name: entry[name] for name in EVIDENCE_FIELDS} | {"issued_on": _day(entry["issued_on"])}
        scope.session.add(Evidence(id=new_id(), **row, **values))
    for entry in dossier["letters"]:
        values = {name: entry[name] for name in LETTER_FIELDS} | {"signed_on": _day(entry["signed_on"])}
        scope.session.add(PeerLetter(id=new_id(), **row, **values))
    return arrived.changed


async def _close_superseded(scope: WriteScope, application: Application) -> None:
    """A person has one route per edition: a case of his that was returned from here and given up below makes room for the one that arrives."""
    with scope.session.no_autoflush:
        earlier = await repository.find_live_case(scope.session, application.edition_id, application.person_id, CLOSED)
    if earlier is None or earlier.state != State.RETURNED or earlier.case_id == application.case_id:
        return
    stages = [stage.code for stage in (await rulebook_of(scope.session, earlier.edition_id)).stages]
    transition = find_transition(Act.WITHDRAW, earlier.desk, earlier.state, stages)
    if transition is not None:
        await carry_out(scope, earlier, transition, reason=_SUPERSEDED, audited=False)


def _recommender(scope: WriteScope, application: Application, dossier: Mapping[str, Any]) -> UUID | None:
    if application.desk == Desk.RECOMMENDING_UNIT:
        return scope.tenant_id
    return UUID(dossier["recommending_unit_id"]) if dossier["recommending_unit_id"] else None


async def reopen_application(
    scope: WriteScope, application_id: UUID, *, reason: str | None, due_on: date | None
) -> Application:
    """The desk above gave the case back: it stands here again as before it was handed over."""
    application = await repository.lock_application(scope.session, application_id)
    transition = await admit(scope, application, Act.REOPEN)
    application.supplement_reason = reason
    application.supplement_due_on = due_on
    application.upstream_state = None
    if application.desk == Desk.RECOMMENDING_UNIT:
        await give_back_place(scope, application)
    return await carry_out(scope, application, transition, reason=reason, audited=False)


async def follow_upstream(scope: WriteScope, application_id: UUID, *, state: str | None) -> Application:
    """Note where the case stands one desk above; None where it is no longer there."""
    application = await repository.lock_application(scope.session, application_id)
    await guard.require(scope, Permission.CASE_MIRROR, subject_of(application))
    if application.upstream_state == state:
        return application
    application.upstream_state = state
    application.upstream_at = scope.clock.now()
    if state in _ANOTHER_ROUTE and await _turn_down(scope, application):
        return application
    touch(application, scope.clock.now())
    await announce_move(scope.session, application, "follow", application.state)
    await scope.session.flush()
    return application


async def _turn_down(scope: WriteScope, application: Application) -> bool:
    """The desk above said no before the organiser judged: the case ends here too, and the person is free for another route."""
    stages = [stage.code for stage in (await rulebook_of(scope.session, application.edition_id)).stages]
    transition = find_transition(Act.TURN_DOWN, application.desk, application.state, stages)
    if transition is None:
        return False
    await repository.release_claim(scope.session, application)
    await carry_out(scope, application, transition, audited=False)
    return True


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
