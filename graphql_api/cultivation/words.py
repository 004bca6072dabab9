"""The vocabularies of the cultivation period as enums of the contract; import them from here."""

import strawberry

from programmes.cultivation.rules import Ground, PlanState, ReportState, Signer

__all__ = ["Ground", "PlanState", "ReportState", "Signer"]

strawberry.enum(PlanState, name="CultivationPlanState", description="Where a plan stands; it is in force once filed.")
strawberry.enum(ReportState, name="ProgressReportState", description="Where a progress report stands.")
strawberry.enum(Signer, name="PlanSigner", description="Who signs a plan: the party that makes it, and the candidate.")
strawberry.enum(Ground, name="EndingGround", description="Why a cultivation is stopped or a title revoked.")
