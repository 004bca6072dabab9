"""Decides abstract requests by the policy rows; the only module that imports casbin.

An abstract request names no tenant, no person and no object, so its answer depends on the policy alone and is remembered per policy. A policy is built
whole, proven against the golden set, and swapped in; nothing ever reloads in place.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, cast

from casbin import FastEnforcer

from authz.golden import GOLDEN_FILE, Golden, parse_golden
from authz.policy_rows import (
    ALLOW,
    DENY,
    POLICY_FOLDER,
    Policies,
    PolicyError,
    PolicyRow,
    Request,
    misses,
    parse,
    read_files,
)
from authz.relations import ANY, PERSON_RELATIONS

MODEL_FILE = Path(__file__).parent / "model.conf"
_REMEMBERED = 65_536


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer and the row that decided it; a refusal without a deny row names the allow row that came nearest."""

    allowed: bool
    row: PolicyRow | None

    @property
    def denied_by_row(self) -> bool:
        """Whether a deny row said no, rather than no row saying yes."""
        return not self.allowed and self.row is not None and self.row.eft == DENY


class _Asked(Protocol):
    """The part of casbin's enforcer that is used; casbin ships no types."""

    def enforce(self, *values: object) -> bool: ...


class Enforcer:
    """One policy, ready to be asked from any thread."""

    def __init__(self, policies: Policies, golden: tuple[Golden, ...] = ()) -> None:
        if not policies.rows:
            message = "policies:0 an empty policy is refused"
            raise PolicyError(message)
        self.revision = policies.revision
        self.rows = policies.rows
        self._by_permission: dict[str, tuple[PolicyRow, ...]] = {}
        for row in policies.rows:
            self._by_permission[row.permission] = (*self._by_permission.get(row.permission, ()), row)
        self._casbin = _casbin_with(policies.rows)
        self._lock = Lock()
        self.decide = lru_cache(maxsize=_REMEMBERED)(self._decide)
        self._prove(golden)

    def rows_for(self, permission: str) -> tuple[PolicyRow, ...]:
        """The rows that speak of this permission, in the order of the files."""
        return self._by_permission.get(permission, ())

    def asks_for_person(self, permission: str) -> bool:
        """Whether any row of this permission depends on what the person did with the object."""
        return any(row.rel in PERSON_RELATIONS for row in self.rows_for(permission))

    def _decide(self, request: Request) -> Verdict:
        with self._lock:  # casbin's FastEnforcer narrows its rows in place while it is asked
            allowed = self._casbin.enforce(
                request.roles | {ANY},
                request.typ,
                request.act,
                frozenset({request.level, ANY}),
                request.rels | {ANY},
                frozenset({request.stage, ANY}),
            )
        verdict = self._explain(request)
        if verdict.allowed is not allowed:
            message = f"policies:0 casbin and the row at hand disagree about {request}"
            raise PolicyError(message)
        return verdict

    def _explain(self, request: Request) -> Verdict:
        """The deciding row, found beside casbin: it does not name the row of a refusal.

        A deny row is named only where some row would have allowed it; who could not do it anyway is told what he lacks.
        """
        rows = self.rows_for(request.permission)
        matching = [row for row in rows if misses(row, request) == 0]
        allowing = [row for row in matching if row.eft == ALLOW]
        denying = [row for row in matching if row.eft == DENY]
        if allowing:
            return Verdict(allowed=not denying, row=(denying or allowing)[0])
        near = [row for row in rows if row.eft == ALLOW]
        return Verdict(allowed=False, row=min(near, key=lambda row: misses(row, request)) if near else None)

    def _prove(self, golden: tuple[Golden, ...]) -> None:
        for case in golden:
            request = Request(case.roles, case.typ, case.act, case.level, case.rels, case.stage)
            if self.decide(request).allowed is not case.allowed:
                message = f"{GOLDEN_FILE}:{case.number} the policy decides otherwise: {case.text}"
                raise PolicyError(message)


def build(folder: Path = POLICY_FOLDER) -> Enforcer:
    """Read, lint and prove the policy in a folder; raises PolicyError, and then nothing has changed."""
    files = read_files(folder)
    try:
        golden = parse_golden((folder / GOLDEN_FILE).read_bytes())
    except (OSError, ValueError) as failure:
        message = f"{GOLDEN_FILE}:0 the golden set cannot be read: {failure}"
        raise PolicyError(message) from failure
    return Enforcer(parse(files), golden)


def _casbin_with(rows: tuple[PolicyRow, ...]) -> _Asked:
    engine = cast("Any", FastEnforcer(str(MODEL_FILE), cache_key_order=[1, 2]))
    held = engine.get_model()["p"]["p"].policy
    for row in rows:
        held.append(list(row.values))
    return cast("_Asked", engine)


class _InForce:
    """The policy of this process; replaced as a whole."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._enforcer: Enforcer | None = None

    def get(self) -> Enforcer:
        enforcer = self._enforcer
        if enforcer is None:
            with self._lock:
                enforcer = self._enforcer = self._enforcer or build()
        return enforcer

    def swap(self, enforcer: Enforcer) -> None:
        with self._lock:
            self._enforcer = enforcer


_IN_FORCE = _InForce()
current = _IN_FORCE.get
"""The policy in force, built at the first call: every process calls it at its start, so that a policy in doubt (PolicyError) lets none begin."""
swap = _IN_FORCE.swap
