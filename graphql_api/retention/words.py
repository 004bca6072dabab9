"""The vocabularies of keeping and erasing as enums of the contract; import them from here, so that they are declared before they are used."""

import strawberry

from programmes.retention.rules.periods import RecordKind
from programmes.retention.rules.requests import Ground, Origin, RequestState

__all__ = ["Ground", "Origin", "RecordKind", "RequestState"]

strawberry.enum(
    RecordKind,
    name="RecordKind",
    description="What a period is set for; it is counted from the record's last change. What ended in a title has no kind and is kept.",
)
strawberry.enum(
    Origin,
    name="ErasureOrigin",
    description="PERSON: he asked. UNION: another union that had a copy erased its own.",
)
strawberry.enum(
    RequestState,
    name="ErasureState",
    description="GRANTED: the courier is about to do it. NOTED: another union's period ran out, and nobody asked here.",
)
strawberry.enum(Ground, name="ErasureRefusalGround", description="What the law (PIPL Art. 47) lets a refusal rest on.")
