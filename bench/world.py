"""What a measurement asks about, whoever made the rows: who is signed in where, and which objects the questions name."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Seat:
    """A person who is signed in: the token of a live session, and where and as whom it acts."""

    token: str
    tenant_id: UUID
    account_id: UUID


@dataclass(frozen=True)
class Nominees:
    """Cases at one recommending union, each still to be recommended by the seat at it; version 1."""

    seat: Seat
    applications: tuple[UUID, ...]


@dataclass(frozen=True)
class World:
    """The rows behind the questions."""

    cases: Seat
    """Whose board is the list of 50, and who reads the dossier."""
    money: Seat
    """A clerk of finance, where titles were granted."""
    register: Seat
    """A clerk, where titles granted below are announced."""
    below: Seat
    """A clerk, where cases are handed up to."""
    dossier: UUID
    """The case that is read in depth."""
    nominees: tuple[Nominees, ...]
    """For the writes: several unions, as in life, so that none waits for another's row."""
    register_title: str
    """A title code that the register holds, more than a page of it before `register_until`."""
    register_until: str
    """A day, `YYYY-MM-DD`."""
