"""The unions and people of the demo, as data; the same every time, so that other clients can be written against them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Union:
    """A union to be made; the parent comes before its children."""

    code: str
    name: str
    level: str
    parent: str | None
    line: str | None


@dataclass(frozen=True)
class Seat:
    """A person in a union; one login may have several seats."""

    tenant: str
    login: str
    name: str
    roles: tuple[str, ...]


def unions() -> list[Union]:
    """All unions of the demo, parents first."""
    return [union for root in _read("unions.yaml") for union in _under(root, None)]


def seats() -> list[Seat]:
    """All seats of the demo, in a fixed order, with names that never change."""
    data = _read("people.yaml")
    names = _names(data["surnames"], data["given"].split())
    ordinary = [
        Seat(union.code, f"{union.code}.{seat['seat']}", next(names), tuple(seat["roles"]))
        for union in unions()
        for seat in data["seats"][data["levels"][union.level]]
    ]
    experts = [
        Seat(tenant, person["login"], person["name"], ("expert",))
        for person in data["experts"]
        for tenant in person["tenants"]
    ]
    shared = [
        Seat(tenant, person["login"], person["name"], tuple(person["roles"]))
        for person in data["shared"]
        for tenant in person["tenants"]
    ]
    return ordinary + experts + shared


def password() -> str:
    """The one password of all people of the demo; nobody outside the demo has it."""
    return str(_read("people.yaml")["password"])


def _under(entry: Mapping[str, Any], parent: str | None) -> Iterator[Union]:
    yield Union(entry["code"], entry["name"], entry["level"], parent, entry.get("line"))
    for child in entry.get("below", ()):
        yield from _under(child, entry["code"])


def _names(surnames: str, given: Sequence[str]) -> Iterator[str]:
    """Every pair of a surname and a given name once, mixed."""
    for number in range(len(surnames) * len(given)):
        yield surnames[number % len(surnames)] + given[(number * 7 + number // len(surnames)) % len(given)]


@cache
def _read(name: str) -> Any:  # noqa: ANN401 - what a YAML file holds
    return yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))
