"""The vocabularies of cases as enums of the contract; import them from here, so that they are declared before they are used."""

import strawberry

from programmes.applications.rules.transitions import Act, Desk, State

__all__ = ["Act", "Desk", "State"]

strawberry.enum(State, name="ApplicationState", description="Where a case stands in one union.")
strawberry.enum(Desk, name="Desk", description="The part a union plays in an edition for a case.")
strawberry.enum(Act, name="CaseAction", description="What is done with a case.")
