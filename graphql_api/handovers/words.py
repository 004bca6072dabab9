"""The vocabularies of handovers as enums of the contract; import them from here, so that they are declared before they are used."""

import strawberry

from programmes.handovers.rules import Direction, HandoverState, Kind

__all__ = ["Direction", "HandoverState", "Kind"]

strawberry.enum(Direction, name="HandoverDirection", description="Which side this record is.")
strawberry.enum(
    Kind, name="HandoverKind", description="In one edition, pushed to the next title's, or pulled from the register."
)
strawberry.enum(HandoverState, name="HandoverState", description="Where the handover stands.")
