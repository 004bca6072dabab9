"""The vocabularies of studios as enums of the contract; import them from here."""

import strawberry

from programmes.studios.rules import StudioKind, StudioState

__all__ = ["StudioKind", "StudioState"]

strawberry.enum(StudioKind, name="StudioKind", description="What the documents call a studio.")
strawberry.enum(StudioState, name="StudioState", description="Whether the naming holds.")
