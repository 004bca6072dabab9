"""The rules in force for a union's people, as plain values; words of `authz`, which alone knows what they mean."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Tightening:
    """One thing that this union, or a superior for all below it, forbids beyond the policy. `is_own`: it can be lifted here."""

    id: UUID
    role: str
    typ: str
    act: str
    stage: str
    is_own: bool
    union: str
    document: str
    reason: str


@dataclass(frozen=True)
class RulesInForce:
    """As of one statement: the revision of the policy recorded last (`""`: none was; None: nobody looked), and the live tightenings."""

    revision: str | None = None
    tightenings: tuple[Tightening, ...] = ()
