"""召开专家评审会议，集体研究产生建议名单（总工发〔2024〕1号 第七条; 常工发〔2024〕60号 第八条）: the list is a collective result, never one person's.

The sources are silent on quorum and on lists that depart from the order of scores: the quorum is stated when the meeting is called and is more than half of its
members; each departure is reasoned person by person (house rules, after domain finding 9 "everything a leader decides by words needs a recorded decision").
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from programmes.scoring.rules.faults import Fault, fault
from programmes.scoring.rules.sheets import shown

C = TypeVar("C", bound=Hashable)


@dataclass(frozen=True)
class Verdict(Generic[C]):
    """What a meeting says of one case; only a proposed one has a position on the list."""

    case: C
    proposed: bool
    position: int | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Standing:
    """How a case scored, where the edition scores."""

    rank: int
    score: int


def find_call_fault(members: Sequence[str], quorum: int) -> Fault | None:
    """Each member once, and a quorum of more than half of them."""
    if len(set(members)) != len(members):
        return fault("DUPLICATE_MEMBER", "members")
    if not len(members) < 2 * quorum <= 2 * len(members):
        return fault("QUORUM_TOO_SMALL", "quorum", members=len(members), least=len(members) // 2 + 1)
    return None


def find_presence_fault(members: Collection[str], present: Collection[str], quorum: int) -> Fault | None:
    """Only members are counted, and enough of them were there."""
    for name in present:
        if name not in members:
            return fault("NOT_A_MEMBER", "present", name=name)
    if len(set(present)) < quorum:
        return fault("NOT_QUORATE", "present", present=len(set(present)), quorum=quorum)
    return None


def find_list_fault(
    verdicts: Sequence[Verdict[C]],
    standings: Mapping[C, Standing],
    names: Mapping[C, str],
    pass_score: int | None = None,
) -> Fault | None:
    """Positions run from 1 without gaps, nobody under the pass mark is proposed, and each departure from the order of scores has its reason."""
    if not verdicts:
        return fault("NOTHING_DECIDED", "items")
    if len({verdict.case for verdict in verdicts}) != len(verdicts):
        return fault("DUPLICATE_CASE", "items")
    last = sum(verdict.proposed for verdict in verdicts)
    if not _has_plain_positions(verdicts):
        return fault("BAD_POSITIONS", "items", last=last)
    for verdict in verdicts:
        standing = standings.get(verdict.case)
        if verdict.proposed and pass_score is not None and standing is not None and standing.score < pass_score:
            name = names[verdict.case]
            return fault("BELOW_PASS_SCORE", "items", name=name, score=shown(standing.score), least=shown(pass_score))
    reasoned = {verdict.case for verdict in verdicts if (verdict.reason or "").strip()}
    missing = [names[case] for case in list_departures(verdicts, standings) if case not in reasoned]
    return fault("DEPARTURE_WITHOUT_REASON", "items", names="、".join(missing)) if missing else None


def list_departures(verdicts: Iterable[Verdict[C]], standings: Mapping[C, Standing]) -> list[C]:
    """The cases that stand otherwise than their score: proposed ahead of a better one, or passed over for a worse one."""
    scored = [verdict for verdict in verdicts if verdict.case in standings]
    proposed = [verdict for verdict in scored if verdict.proposed]
    departing: list[C] = []
    for verdict in scored:
        own = standings[verdict.case].rank
        if verdict.proposed:
            jumped = any(standings[o.case].rank < own and _position(o) > _position(verdict) for o in proposed)
        else:
            jumped = any(standings[other.case].rank > own for other in proposed)
        if jumped:
            departing.append(verdict.case)
    return departing


def _has_plain_positions(verdicts: Sequence[Verdict[C]]) -> bool:
    """The proposed are numbered from 1 without gaps, and nobody else is."""
    positions = sorted(_position(verdict) for verdict in verdicts if verdict.proposed)
    idle = any(verdict.position is not None for verdict in verdicts if not verdict.proposed)
    return not idle and positions == list(range(1, len(positions) + 1))


def _position(verdict: Verdict[C]) -> int:
    return verdict.position or 0
