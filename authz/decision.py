"""A decision of the gate, with a reason that a person can read and the policy row that made it."""

from dataclasses import dataclass, field

from authz.denials import TighteningLine, find_denial
from authz.enforcer import Enforcer, Request, Verdict
from authz.errors import DUTY_CONFLICT, IS_SUBJECT, NOT_PERMITTED, OWN_ACCOUNT, RECUSED, TIGHTENED
from authz.names import ACT_NAMES, KIND_NAMES, LEVEL_NAMES, MISS_NAMES, RELATION_NAMES, ROLE_NAMES, role_names
from authz.policy_rows import ALLOW, PolicyRow, first_miss
from authz.roles import Role
from authz.stages import stage_name
from kernel.errors import Failure, Reason, Value

_REASON_OF_RELATION: dict[str, Reason] = {"is_subject": IS_SUBJECT, "recused": RECUSED, "is_self_account": OWN_ACCOUNT}


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, by the policy of this revision. `row` decided it; for a no without a deny row it is the allow row that came nearest."""

    allowed: bool
    request: Request
    row: PolicyRow | None
    rows: tuple[PolicyRow, ...] = field(repr=False, compare=False)
    revision: str = ""
    barred: Reason | None = None
    """Why it is no although the person's own roles would allow it: the way he came in."""

    @property
    def policy(self) -> str:
        """The deciding row as `file:line text`, as it was written and reviewed."""
        return f"no row allows {self.request.permission}" if self.row is None else str(self.row.line)

    @property
    def reason(self) -> Failure | None:
        """The refusal, made afresh for whoever raises it; None where it is allowed."""
        if self.allowed:
            return None
        if self.barred is not None:
            return Failure(self.barred, self._words(), (), None)
        if self.row is not None and isinstance(self.row.line, TighteningLine):
            return Failure(TIGHTENED, self._words() | _tightening_words(self.row.line), (), None)
        if self.row is not None and self.row.eft != ALLOW:
            reason = _REASON_OF_RELATION.get(self.row.rel, DUTY_CONFLICT)
            return Failure(reason, self._words() | _relation_words(self.row.rel), (), None)
        miss = "role" if self.row is None else first_miss(self.row, self.request)
        words: dict[str, Value] = {"required": self._required_names(), "miss": MISS_NAMES[miss], "miss_code": miss}
        return Failure(NOT_PERMITTED, self._words() | words, (), None)

    def _words(self) -> dict[str, Value]:
        asked = self.request
        return {
            "permission": asked.permission,
            "policy": self.policy,
            "revision": self.revision[:12],
            "roles": role_names(asked.roles),
            "role_codes": ", ".join(sorted(asked.roles)),
            "level": LEVEL_NAMES.get(asked.level, asked.level),
            "level_code": asked.level,
            "stage": stage_name(asked.typ, asked.stage),
            "stage_code": asked.stage,
            "kind": KIND_NAMES[asked.typ],
            "act": ACT_NAMES[asked.act],
        }

    def _required_names(self) -> str:
        required = {row.role for row in self.rows if row.eft == ALLOW}
        return "、".join(ROLE_NAMES[role] for role in Role if role.value in required)


def _relation_words(relation: str) -> dict[str, Value]:
    return {"relation": relation, "duty": RELATION_NAMES.get(relation, relation)}


def _tightening_words(line: TighteningLine) -> dict[str, Value]:
    found = line.tightening
    return {
        "union": found.union,
        "document": found.document,
        "barred": ROLE_NAMES[Role(found.role)],
        "barred_code": found.role,
    }


def decide(policy: Enforcer, request: Request, denials: tuple[PolicyRow, ...] = ()) -> Decision:
    """The verdict on the request, with what a person needs to understand it.

    The policy's own answer is remembered; what unions forbid beyond it (`denials` of this permission) is looked at each time, after it, and only takes away.
    """
    verdict: Verdict = policy.decide(request)
    rows = policy.rows_for(request.permission)
    denial = find_denial(denials, request.roles, request.stage) if verdict.allowed else None
    if denial is not None:
        return Decision(allowed=False, request=request, row=denial, rows=rows, revision=policy.revision)
    return Decision(verdict.allowed, request, verdict.row, rows, policy.revision)
