"""Reading funding records and recorded rewards."""

import strawberry

from graphql_api.funding.inputs import FundingRecordFilter
from graphql_api.funding.types import FundingRecordType, RewardResultType
from graphql_api.pagination import Connection
from graphql_api.sources import many, one


@strawberry.type
class FundingQuery:
    """The roots of money."""

    funding_record: FundingRecordType | None = one(description="One record.")
    funding_records: Connection[FundingRecordType] | None = many(
        filter=FundingRecordFilter, description="What is due here, the latest due day first."
    )
    reward_results: Connection[RewardResultType] | None = many(
        description="What upper levels paid for honours of our people, the latest recorded first."
    )
