"""The closed vocabularies of a rulebook as the contract shows them, and how it cites."""

from enum import StrEnum

import strawberry


@strawberry.enum(description="On what a value rests.")
class Basis(StrEnum):
    """The values of `Cite.basis`."""

    DOCUMENT = "document"
    PUBLIC = "public"
    SILENT = "silent"
    INFERENCE = "inference"


@strawberry.enum(description="A step of an edition.")
class StageCode(StrEnum):
    """The closed vocabulary of stages."""

    CALL = "call"
    APPLY = "apply"
    RECOMMEND = "recommend"
    FORMAL_REVIEW = "formal_review"
    ITEMISED_SCORING = "itemised_scoring"
    REVIEW_MEETING = "review_meeting"
    PARTY_GROUP = "party_group"
    PUBLIC_NOTICE = "public_notice"
    ANNOUNCE = "announce"
    NAME_DIRECTLY = "name_directly"
    CULTIVATE = "cultivate"
    ASSESS = "assess"
    CERTIFY = "certify"


@strawberry.type(name="Cite", description="Where a value stands.")
class CiteType:
    document: str
    article: str
    wording: str | None = strawberry.field(description="A few words that name the matter, such as 原则 or 左右.")
    basis: Basis
