"""Reading plans, reports and assessments."""

import strawberry

from graphql_api.cultivation.inputs import CultivationPlanFilter, ProgressReportFilter
from graphql_api.cultivation.types import AssessmentType, CultivationPlanType, ProgressReportType
from graphql_api.pagination import Connection
from graphql_api.sources import many, one


@strawberry.type
class CultivationQuery:
    """The roots of the cultivation period."""

    cultivation_plan: CultivationPlanType | None = one(description="One plan.")
    cultivation_plans: Connection[CultivationPlanType] | None = many(
        filter=CultivationPlanFilter, description="The plans of this union, the one that ends first first."
    )
    progress_reports: Connection[ProgressReportType] | None = many(
        filter=ProgressReportFilter, description="The reports of all plans, by the day they are due."
    )
    assessments: Connection[AssessmentType] | None = many(description="How periods ended, the latest first.")
