"""Consents are recorded per purpose, and taken back; what was handed over under one that is taken back follows (`handovers.service.consent`)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from authz import guard
from authz.permissions import Permission
from authz.scope import WriteScope, audit_act
from authz.subject import Subject
from kernel import outbox
from kernel.ids import new_id
from kernel.text import clean_text
from kernel.versions import touch
from programmes.people.errors import CONSENT_DAY, NO_CONSENT_TO_WITHDRAW
from programmes.people.model import Consent
from programmes.people.queries import find_latest_consent, get_person, require_kept
from programmes.people.repository import lock_person
from programmes.people.rules import PURPOSE_NAMES, Purpose

CONSENT_WITHDRAWN_EVENT = "consent_withdrawn"
_DOCUMENT_LIMIT = 200
_REASON_LIMIT = 200


async def record_consent(
    scope: WriteScope, person_id: UUID, purpose: Purpose, *, given_on: date, document: str | None
) -> Consent:
    """A person agreed, also after having taken an earlier consent back. One that is in force stays the one in force."""
    person = await lock_person(scope.session, person_id)
    await guard.require(scope, Permission.PERSON_CONSENT, Subject(kind="person", id=person.id))
    require_kept(person)
    if given_on > scope.clock.today():
        raise CONSENT_DAY(path=("input", "givenOn"))
    shown_by = clean_text(document or "", path=("input", "document"), limit=_DOCUMENT_LIMIT, optional=True) or None
    latest = await find_latest_consent(scope.session, person.id, purpose)
    if latest is None or latest.withdrawn_on is not None:
        latest = _consent(scope, person.id, purpose, given_on, shown_by)
        scope.session.add(latest)
    after = {"purpose": purpose, "given_on": given_on.isoformat(), "document": shown_by}
    audit_act(scope, "person:consent", "person", person.id, after=after)
    await scope.session.flush()
    return latest


async def withdraw_consent(scope: WriteScope, person_id: UUID, purpose: Purpose, *, reason: str) -> Consent:
    """A person takes a consent back, with effect from now; unions above that hold the data under it are told. Raises NO_CONSENT_TO_WITHDRAW."""
    person = await lock_person(scope.session, person_id)
    await guard.require(scope, Permission.PERSON_CONSENT, Subject(kind="person", id=person.id))
    require_kept(person)
    consent = await find_latest_consent(scope.session, person.id, purpose)
    if consent is None or consent.withdrawn_on is not None:
        raise NO_CONSENT_TO_WITHDRAW(purpose=PURPOSE_NAMES[purpose])
    why = clean_text(reason, path=("input", "reason"), limit=_REASON_LIMIT)
    await _end(scope, consent, scope.clock.today(), why)
    after = {"purpose": purpose, "withdrawn_on": scope.clock.today().isoformat()}
    audit_act(scope, "person:withdraw_consent", "person", person.id, after=after)
    await scope.session.flush()
    return consent


async def feed_consents(
    scope: WriteScope, person_id: UUID, given_on: date | None, purposes: Iterable[Purpose] = tuple(Purpose)
) -> None:
    """The consent that an application or an arriving dossier speaks of; does not revive one that was taken back on that day or later."""
    if given_on is None:
        return
    now = scope.clock.now()
    for purpose in purposes:
        latest = await find_latest_consent(scope.session, person_id, purpose)
        if latest is None or (latest.withdrawn_on is not None and latest.withdrawn_on < given_on):
            row = {"tenant_id": scope.tenant_id, "id": new_id(), "person_id": person_id, "purpose": purpose}
            given = {"given_on": given_on, "version": 1, "created_at": now, "updated_at": now}
            await scope.session.execute(insert(Consent).values(**row, **given).on_conflict_do_nothing())


async def hear_withdrawal(scope: WriteScope, person_id: UUID, purpose: Purpose, *, on: date, reason: str) -> None:
    """The union below says that a person took his consent back; a later one of his stays. The calling service has asked the gate."""
    person = await get_person(scope.session, person_id)
    consent = await find_latest_consent(scope.session, person.id, purpose)
    if consent is not None and consent.withdrawn_on is None and consent.given_on <= on:
        await _end(scope, consent, on, reason)


async def _end(scope: WriteScope, consent: Consent, on: date, reason: str) -> None:
    consent.withdrawn_on, consent.reason = on, reason
    touch(consent, scope.clock.now())
    body = {
        "person_id": str(consent.person_id),
        "purpose": consent.purpose,
        "on": on.isoformat(),
        "reason": reason,
    }
    await outbox.emit(scope.session, CONSENT_WITHDRAWN_EVENT, body, ordering_key=f"person:{consent.person_id}")
    await scope.session.flush()


def _consent(scope: WriteScope, person_id: UUID, purpose: Purpose, given_on: date, document: str | None) -> Consent:
    now = scope.clock.now()
    return Consent(
        tenant_id=scope.tenant_id,
        id=new_id(),
        person_id=person_id,
        purpose=purpose,
        given_on=given_on,
        document=document,
        version=1,
        created_at=now,
        updated_at=now,
    )
