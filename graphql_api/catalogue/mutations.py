"""Making, filling, issuing and running editions."""

from uuid import UUID

import strawberry

from authz.scope import WriteScope
from graphql_api.catalogue.inputs import (
    CancelEditionInput,
    CreateEditionInput,
    EditionActInput,
    FillEditionInput,
    GrantExtraUnitInput,
    IssueEditionInput,
    SetQuotaInput,
)
from graphql_api.catalogue.types import EditionType, ExtraUnitType, QuotaType
from graphql_api.context import Info
from graphql_api.ids import key_of
from graphql_api.mutations import Given, Payload, perform
from graphql_api.sources import returned
from programmes.catalogue import service as catalogue
from programmes.catalogue.service import Approval, NewEdition, Schedule


@strawberry.type
class EditionPayload(Payload):
    edition: EditionType | None = returned()


@strawberry.type
class QuotaPayload(Payload):
    quota: QuotaType | None = returned()
    edition: EditionType | None = returned()


@strawberry.type
class ExtraUnitPayload(Payload):
    extra_unit: ExtraUnitType | None = returned()
    edition: EditionType | None = returned()


@strawberry.type
class CatalogueMutation:
    @strawberry.mutation(description="Make the draft of an edition under the newest rules in force today.")
    async def create_edition(self, info: Info, given: Given[CreateEditionInput]) -> EditionPayload:
        async def act(scope: WriteScope) -> UUID:
            schedule = Schedule(given.opens_on, given.closes_on)
            new = NewEdition(given.programme_code, given.year, given.cohort_no, given.name, schedule)
            return (await catalogue.create_edition(scope, new)).id

        return await perform(info, EditionPayload, given, act)

    @strawberry.mutation(description="Give values on which the document is silent; null takes one back.")
    async def fill_edition(self, info: Info, given: Given[FillEditionInput]) -> EditionPayload:
        async def act(scope: WriteScope) -> UUID:
            values = {entry.key: entry.value for entry in given.values}
            edition = await catalogue.fill_edition(scope, _edition(given), version=given.version, values=values)
            return edition.id

        return await perform(info, EditionPayload, given, act)

    @strawberry.mutation(
        description="Give a recommending unit its places, with the factors they were weighed by (S1 第五条)."
    )
    async def set_quota(self, info: Info, given: Given[SetQuotaInput]) -> QuotaPayload:
        async def act(scope: WriteScope) -> dict[str, UUID]:
            quota = await catalogue.set_quota(
                scope,
                _edition(given),
                version=given.version,
                unit_id=key_of(given.unit_id, "Tenant", "unitId"),
                places=given.places,
                factors={factor.key: factor.text for factor in given.factors},
            )
            return {"quota": quota.id, "edition": quota.edition_id}

        return await perform(info, QuotaPayload, given, act)

    @strawberry.mutation(description="Issue the call: rules and hash are locked, the recommending units are told.")
    async def issue_edition(self, info: Info, given: Given[IssueEditionInput]) -> EditionPayload:
        async def act(scope: WriteScope) -> UUID:
            edition = await catalogue.issue_edition(
                scope,
                _edition(given),
                version=given.version,
                document_no=given.document_no,
                schedule=Schedule(given.opens_on, given.closes_on),
            )
            return edition.id

        return await perform(info, EditionPayload, given, act)

    @strawberry.mutation(description="Record the approval of a further recommending unit (S1 第六条, S0 第七条).")
    async def grant_extra_unit(self, info: Info, given: Given[GrantExtraUnitInput]) -> ExtraUnitPayload:
        async def act(scope: WriteScope) -> dict[str, UUID]:
            extra = await catalogue.grant_extra_unit(
                scope,
                _edition(given),
                version=given.version,
                unit_id=key_of(given.unit_id, "Tenant", "unitId"),
                approval=Approval(given.document_no, given.approved_by, given.approved_on),
                places=given.places,
            )
            return {"extra_unit": extra.id, "edition": extra.edition_id}

        return await perform(info, ExtraUnitPayload, given, act)

    @strawberry.mutation(description="Begin to take applications before the schedule does.")
    async def open_edition(self, info: Info, given: Given[EditionActInput]) -> EditionPayload:
        async def act(scope: WriteScope) -> UUID:
            return (await catalogue.open_edition(scope, _edition(given), version=given.version)).id

        return await perform(info, EditionPayload, given, act)

    @strawberry.mutation(description="Take no more applications; the review begins.")
    async def close_edition(self, info: Info, given: Given[EditionActInput]) -> EditionPayload:
        async def act(scope: WriteScope) -> UUID:
            return (await catalogue.close_edition(scope, _edition(given), version=given.version)).id

        return await perform(info, EditionPayload, given, act)

    @strawberry.mutation(description="Give an edition up before it is announced.")
    async def cancel_edition(self, info: Info, given: Given[CancelEditionInput]) -> EditionPayload:
        async def act(scope: WriteScope) -> UUID:
            edition = await catalogue.cancel_edition(
                scope, _edition(given), version=given.version, reason=given.reason, document_no=given.document_no
            )
            return edition.id

        return await perform(info, EditionPayload, given, act)


def _edition(
    given: FillEditionInput
    | SetQuotaInput
    | IssueEditionInput
    | GrantExtraUnitInput
    | EditionActInput
    | CancelEditionInput,
) -> UUID:
    return key_of(given.edition_id, "Edition", "editionId")
