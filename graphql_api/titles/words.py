"""The vocabularies of titles as enums of the contract; import them from here."""

import strawberry

from programmes.titles.rules import CertificateState, TitleState

__all__ = ["CertificateState", "TitleState"]

strawberry.enum(TitleState, name="TitleState", description="Whether a title holds.")
strawberry.enum(CertificateState, name="CertificateState", description="Whether a certificate holds.")
