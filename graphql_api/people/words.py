"""The vocabularies of person files as enums of the contract; import them from here, so that they are declared before they are used."""

import strawberry

from programmes.people.rules import Purpose

__all__ = ["Purpose"]

strawberry.enum(
    Purpose,
    name="ConsentPurpose",
    description="UPWARD: the dossier goes to the union above. NOTICE: the name is made public. REGISTER: titles stand on the registers above.",
)
