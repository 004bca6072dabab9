"""The vocabularies of money as enums of the contract; import them from here."""

import strawberry

from programmes.funding.rules import FundingKind, FundingState, Payee

__all__ = ["FundingKind", "FundingState", "Payee"]

strawberry.enum(FundingKind, name="FundingKind", description="经费, 补助 and 奖励 are three kinds and never mixed.")
strawberry.enum(FundingState, name="FundingState", description="Where a record stands.")
strawberry.enum(Payee, name="PayeeKind", description="To whom money is paid.")
