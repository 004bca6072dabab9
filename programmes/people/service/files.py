"""Keeping person files: enter, correct, show what is sealed, and the copies that go up with a dossier."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from uuid import UUID

from pypinyin import lazy_pinyin
from sqlalchemy.exc import IntegrityError

from authz import guard
from authz.permissions import Permission
from authz.scope import ReadScope, WriteScope, audit_act
from authz.subject import Subject
from kernel import outbox
from kernel.database import ReadSession
from kernel.errors import conflict
from kernel.identity import birth_date, is_male, require_credit_code, require_id_number, require_phone
from kernel.ids import new_id
from kernel.sealing import seal, sealer_of, unseal
from kernel.text import clean_text
from kernel.versions import require_version, touch
from programmes.people.model import Person
from programmes.people.queries import get_person, require_kept
from programmes.people.repository import find_by_index, lock_person
from programmes.people.rules import PersonFacts, cleaned

PERSON_EXISTS = conflict(
    "PERSON_EXISTS", zh="本单位已有该身份证号的人员档案", en="There is already a file with this ID number here"
)
PERSON_NAME_DIFFERS = conflict(
    "PERSON_NAME_DIFFERS",
    zh="来件的身份证号在本单位已有档案，但姓名不一致，请退回核对",
    en="There is a file with this ID number here, under another name; return the case to be checked",
)
PERSON_CHANGED = "person_changed"
_NEVER_TOLD = frozenset({"ethnicity", "political_status"})
"""What no other union is told of a change, and so not even the queue."""
_FACTS = tuple(field.name for field in fields(PersonFacts))


@dataclass(frozen=True)
class Revealed:
    """What is sealed in a file, in clear; to be shown, never stored or logged."""

    id_number: str
    phone: str | None


@dataclass(frozen=True)
class Arrived:
    """A file that came with a dossier; `changed` are the fields that it changed in the file that was there."""

    person: Person
    changed: Sequence[str] = ()


async def create_person(scope: WriteScope, facts: PersonFacts, *, id_number: str, phone: str | None) -> Person:
    """Enter a person; raises coded InvalidInput at the field, or PERSON_EXISTS."""
    await guard.require(scope, Permission.PERSON_CREATE, Subject(kind="person", id=None))
    number = require_id_number(id_number, path=("input", "idNumber"), today=scope.clock.today())
    index = sealer_of(scope.session).blind_index(number)
    if await find_by_index(scope.session, index) is not None:
        raise PERSON_EXISTS(path=("input", "idNumber"))
    person = _new_file(scope, _checked(scope, facts), number, phone)
    try:
        async with scope.session.begin_nested():
            scope.session.add(person)
    except IntegrityError as failure:
        raise PERSON_EXISTS(path=("input", "idNumber")) from failure
    audit_act(scope, "person:create", "person", person.id, after={"fields": sorted(_FACTS)})
    await scope.session.flush()
    return person


async def update_person(
    scope: WriteScope, person_id: UUID, facts: PersonFacts, *, phone: str | None, version: int
) -> Person:
    """Correct a file; upper unions that hold a copy are told what changed (drift). Raises STALE_VERSION."""
    person = await lock_person(scope.session, person_id)
    await guard.require(scope, Permission.PERSON_UPDATE, Subject(kind="person", id=person.id))
    require_kept(person)
    require_version(person, version)
    before = _facts_of(person)
    after = asdict(_checked(scope, facts))
    changes = _changes(before, after)
    for name, value in after.items():
        setattr(person, name, value)
    person.name_sort_key = sort_key(person.name)
    if phone is not None:
        _set_phone(scope, person, phone)
    touch(person, scope.clock.now())
    changed = sorted([*changes, "phone"] if phone is not None else changes)
    audit_act(scope, "person:update", "person", person.id, after={"fields": changed})
    await _tell_of(scope, person, changes)
    await scope.session.flush()
    return person


async def reveal_person(scope: WriteScope, person_id: UUID, *, reason: str) -> Revealed:
    """Show ID number and phone; each showing leaves an audit entry with its reason."""
    person = await get_person(scope.session, person_id)
    await guard.require(scope, Permission.PERSON_REVEAL, Subject(kind="person", id=person.id))
    why = clean_text(reason, path=("input", "reason"), limit=200)
    audit_act(scope, "person:reveal", "person", person.id, after={"reason": why})
    return _open_numbers(scope.session, person)


def export_person(scope: ReadScope | WriteScope, person: Person) -> dict[str, Any]:
    """The whole file in clear, for a dossier that is sealed at once."""
    numbers = _open_numbers(scope.session, person)
    return {
        **_facts_of(person),
        "sex": person.sex,
        "birth_month": person.birth_month,
        "id_number": numbers.id_number,
        "phone": numbers.phone,
    }


async def take_in_person(scope: WriteScope, exported: Mapping[str, Any]) -> Arrived:
    """The file of a person who arrives with a dossier: a new one, or the own one brought up to date. The accepting service has asked the gate.

    What changed in an own file is told to the unions above that hold a copy of it, as any change is; the caller says so in its audit entry.
    Raises PERSON_NAME_DIFFERS where the own file of this ID number bears another name: one of the two is wrong, and a person must look.
    """
    number = str(exported["id_number"])
    facts = PersonFacts(**{name: exported[name] for name in _FACTS})
    person = await find_by_index(scope.session, sealer_of(scope.session).blind_index(number))
    if person is None:
        person = _new_file(scope, facts, number, exported["phone"])
        scope.session.add(person)
        await scope.session.flush()
        return Arrived(person)
    if person.name != facts.name:
        raise PERSON_NAME_DIFFERS()
    changed = await _bring_up_to_date(scope, person, facts, exported["phone"])
    await scope.session.flush()
    return Arrived(person, changed)


async def _bring_up_to_date(scope: WriteScope, person: Person, facts: PersonFacts, phone: str | None) -> list[str]:
    """The names of the fields that changed; a file that is told what it holds already is not touched."""
    changes = _changes(_facts_of(person), asdict(facts))
    is_new_phone = phone is not None and phone != _open_numbers(scope.session, person).phone
    if not changes and not is_new_phone:
        return []
    for name, (_, after) in changes.items():
        setattr(person, name, after)
    if phone is not None and is_new_phone:
        _set_phone(scope, person, phone)
    touch(person, scope.clock.now())
    await _tell_of(scope, person, changes)
    return sorted([*changes, "phone"] if is_new_phone else changes)


def _changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [before[name], after[name]] for name in _FACTS if before[name] != after[name]}


async def _tell_of(scope: WriteScope, person: Person, changes: Mapping[str, list[Any]]) -> None:
    """Announce a change of a file, for the unions above; nothing, where nothing may be told."""
    told = {name: pair for name, pair in changes.items() if name not in _NEVER_TOLD}
    if not told:
        return
    body = {
        "person_id": str(person.id),
        "change_id": str(new_id()),
        "at": scope.clock.now().isoformat(),
        "changes": told,
    }
    await outbox.emit(scope.session, PERSON_CHANGED, body, ordering_key=f"person:{person.id}")


def sort_key(name: str) -> str:
    """The name in pinyin, by which lists are ordered; characters without a reading stand as they are."""
    return " ".join(lazy_pinyin(name)).casefold()


def _checked(scope: WriteScope, facts: PersonFacts) -> PersonFacts:
    path = ("input", "facts")
    checked = cleaned(facts, scope.clock.today(), path=path)
    if checked.employer_code is None:
        return checked
    return replace(checked, employer_code=require_credit_code(checked.employer_code, path=(*path, "employerCode")))


def _new_file(scope: WriteScope, facts: PersonFacts, number: str, phone: str | None) -> Person:
    now = scope.clock.now()
    person = Person(
        tenant_id=scope.tenant_id,
        id=new_id(),
        **asdict(facts),
        name_sort_key=sort_key(facts.name),
        sex="male" if is_male(number) else "female",
        birth_month=f"{birth_date(number):%Y-%m}",
        id_number_hint=number[-4:],
        id_number_index=sealer_of(scope.session).blind_index(number),
        created_at=now,
        updated_at=now,
    )
    person.id_number_sealed = seal(scope.session, number, table="person", column="id_number_sealed", row_id=person.id)
    if phone is not None:
        _set_phone(scope, person, phone)
    return person


def _set_phone(scope: WriteScope, person: Person, phone: str) -> None:
    number = require_phone(phone, path=("input", "phone"))
    person.phone_sealed = seal(scope.session, number, table="person", column="phone_sealed", row_id=person.id)
    person.phone_hint = f"{number[:3]}****{number[-4:]}"


def _facts_of(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in _FACTS}


def _open_numbers(session: ReadSession, person: Person) -> Revealed:
    require_kept(person)
    sealed = person.id_number_sealed or b""
    id_number = unseal(session, sealed, table="person", column="id_number_sealed", row_id=person.id)
    phone = person.phone_sealed and unseal(
        session, person.phone_sealed, table="person", column="phone_sealed", row_id=person.id
    )
    return Revealed(id_number.decode(), phone.decode() if phone else None)
