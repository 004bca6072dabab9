"""What the contract shows of periods and of requests to erase."""

import strawberry

from authz.permissions import Permission
from authz.predicate import Columns
from graphql_api.people.types import PersonType
from graphql_api.retention.words import Ground, Origin, RecordKind, RequestState
from graphql_api.scalars import Date
from graphql_api.sources import Node, Source, allowed, column, descending, to_one
from programmes.retention.model import ErasureRequest, RetentionPeriod


@strawberry.type(
    name="RetentionPeriod", description="How long this union keeps a kind of record, by a document of its own."
)
class RetentionPeriodType(Node):
    __source__ = Source(
        RetentionPeriod,
        order=(RetentionPeriod.kind,),
        visible=allowed(Permission.RETENTION_READ, Columns(id=RetentionPeriod.id)),
    )

    kind: RecordKind = column(RetentionPeriod.kind)
    months: int | None = column(RetentionPeriod.months, description="Null: taken back; nothing of this kind is erased.")
    document: str = column(RetentionPeriod.document)
    version: int = column(RetentionPeriod.version)


@strawberry.type(name="ErasureRequest", description="Somebody wants a person's file erased (PIPL Art. 47).")
class ErasureRequestType(Node):
    __source__ = Source(
        ErasureRequest,
        order=(descending(ErasureRequest.created_at),),
        visible=allowed(Permission.ERASURE_READ, Columns(id=ErasureRequest.id, stage=ErasureRequest.state)),
        personal="erasure_request",
    )

    person: PersonType | None = to_one(ErasureRequest.person_id)
    origin: Origin = column(ErasureRequest.origin)
    state: RequestState = column(ErasureRequest.state)
    asked_on: Date = column(ErasureRequest.asked_on)
    reason: str = column(ErasureRequest.reason, description="How he asked.")
    ground: Ground | None = column(ErasureRequest.ground, description="Of a refusal.")
    decision_reason: str | None = column(ErasureRequest.decision_reason)
    document_no: str | None = column(ErasureRequest.document_no)
    decided_on: Date | None = column(ErasureRequest.decided_on)
    erased_on: Date | None = column(ErasureRequest.erased_on)
    version: int = column(ErasureRequest.version)
