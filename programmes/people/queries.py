"""Reading person files and consents."""

from uuid import UUID

from sqlalchemy import bindparam, select

from kernel.database import ReadSession
from kernel.errors import NOT_FOUND
from kernel.foresight import Piece, found
from programmes.people.errors import CONSENT_MISSING, CONSENT_WITHDRAWN, FILE_ERASED
from programmes.people.model import Consent, Person
from programmes.people.rules import PURPOSE_NAMES, Purpose

PERSON = Piece.of_rows(
    Person, lambda chosen: chosen.where(Person.tenant_id == bindparam("tenant_id"), Person.id == bindparam("person_id"))
)
CONSENT = Piece.of_rows(
    Consent,
    lambda chosen: (
        chosen.where(
            Consent.tenant_id == bindparam("tenant_id"),
            Consent.person_id == bindparam("person_id"),
            Consent.purpose == bindparam("purpose"),
        )
        .order_by(Consent.withdrawn_on.desc().nulls_first(), Consent.id.desc())
        .limit(1)
    ),
)


async def get_person(session: ReadSession, person_id: UUID) -> Person:
    """The file; raises NOT_FOUND."""
    if ahead := found(session, PERSON, person_id=person_id):
        return ahead[0]
    query = select(Person).where(Person.tenant_id == session.tenant_id, Person.id == person_id)
    person = (await session.execute(query)).scalar_one_or_none()
    if person is None:
        raise NOT_FOUND()
    return person


def require_kept(person: Person) -> None:
    """Raises FILE_ERASED where the file names nobody any more."""
    if person.erased_on is not None:
        raise FILE_ERASED(on=person.erased_on.isoformat())


async def find_latest_consent(session: ReadSession, person_id: UUID, purpose: Purpose) -> Consent | None:
    """The consent in force; where there is none, the one withdrawn last; None where the person never gave one."""
    if (ahead := found(session, CONSENT, person_id=person_id, purpose=purpose)) is not None:
        return next(iter(ahead), None)
    query = (
        select(Consent)
        .where(Consent.tenant_id == session.tenant_id, Consent.person_id == person_id, Consent.purpose == purpose)
        .order_by(Consent.withdrawn_on.desc().nulls_first(), Consent.id.desc())
        .limit(1)
    )
    return (await session.execute(query)).scalar_one_or_none()


async def has_consent(session: ReadSession, person_id: UUID, purpose: Purpose) -> bool:
    """Whether the person's consent to this is in force."""
    latest = await find_latest_consent(session, person_id, purpose)
    return latest is not None and latest.withdrawn_on is None


async def require_consent(session: ReadSession, person_id: UUID, purpose: Purpose) -> Consent:
    """The consent in force; raises CONSENT_WITHDRAWN or CONSENT_MISSING."""
    latest = await require_not_withdrawn(session, person_id, purpose)
    if latest is None:
        raise CONSENT_MISSING()
    return latest


async def require_not_withdrawn(session: ReadSession, person_id: UUID, purpose: Purpose) -> Consent | None:
    """Raises CONSENT_WITHDRAWN where the person took it back; whether one was asked for here at all is another matter."""
    latest = await find_latest_consent(session, person_id, purpose)
    if latest is not None and latest.withdrawn_on is not None:
        raise CONSENT_WITHDRAWN(on=latest.withdrawn_on.isoformat(), purpose=PURPOSE_NAMES[purpose])
    return latest
