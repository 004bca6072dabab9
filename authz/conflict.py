"""What a constraint of `duty_mask` says, in the words of the gate."""

from sqlalchemy.exc import IntegrityError

from authz.duties import EXCLUSIONS
from authz.errors import DUTY_CONFLICT
from authz.masks import constraint_of
from authz.model import DutyMask
from authz.names import ACT_NAMES, KIND_NAMES, RELATION_NAMES
from authz.permissions import Permission
from kernel.deferred import constraint_name
from kernel.errors import Failure

_ACTS = {f"ck_{DutyMask.__tablename__}_{constraint_of(act)}": Permission(act) for act in EXCLUSIONS}


def conflict_of(problem: IntegrityError, kind: str, by: Permission | None) -> Failure | IntegrityError:
    """DUTY_CONFLICT for a violated exclusion; anything else as it is."""
    name = constraint_name(problem)
    barred = _ACTS.get(str(name))
    if barred is None:
        return problem
    tried = barred if by is None else by
    words = sorted(EXCLUSIONS[barred.value])
    done = "、".join(RELATION_NAMES[word] for word in words) if tried is barred else ACT_NAMES[barred.act]
    return DUTY_CONFLICT(
        kind=KIND_NAMES[kind],
        duty=done,
        act=ACT_NAMES[tried.act],
        permission=tried.value,
        relation=", ".join(words),
        policy=str(name),
    )
