"""Reading person files."""

from uuid import UUID

from sqlalchemy import select

from kernel.database import ReadSession
from kernel.errors import NOT_FOUND
from programmes.people.model import Person


async def get_person(session: ReadSession, person_id: UUID) -> Person:
    """The file; raises NOT_FOUND."""
    query = select(Person).where(Person.tenant_id == session.tenant_id, Person.id == person_id)
    person = (await session.execute(query)).scalar_one_or_none()
    if person is None:
        raise NOT_FOUND()
    return person
