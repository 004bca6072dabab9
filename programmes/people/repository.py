"""Person files in the database."""

from uuid import UUID

from sqlalchemy import select

from kernel.database import ReadSession, WriteSession
from kernel.errors import NOT_FOUND
from programmes.people.model import Person


async def find_by_index(session: ReadSession, id_number_index: bytes) -> Person | None:
    """The file of the person with this blind index, if this tenant has one."""
    query = select(Person).where(Person.tenant_id == session.tenant_id, Person.id_number_index == id_number_index)
    return (await session.execute(query)).scalar_one_or_none()


async def lock_person(session: WriteSession, person_id: UUID) -> Person:
    """The file, held until the transaction ends; raises NOT_FOUND."""
    query = select(Person).where(Person.tenant_id == session.tenant_id, Person.id == person_id).with_for_update()
    person = (await session.execute(query)).scalar_one_or_none()
    if person is None:
        raise NOT_FOUND()
    return person
