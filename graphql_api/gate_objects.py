"""Where the gate's facts of each type of object are read, for `explainAccess`; the same facts that the services state as a `Subject`.

What is decided by another object is asked about that one: quota, grants, resolutions and announcements by their edition, tasks by their plan. What belongs
to a case without a decision of its own (evidence, letters, items of lists) is in no row here.
"""

from typing import Any

from sqlalchemy import literal, select

from authz.explaining import Place
from authz.predicate import Columns
from programmes.applications.model import Application
from programmes.catalogue.model import Edition
from programmes.cultivation.model import CultivationPlan, ProgressReport
from programmes.funding.model import FundingRecord
from programmes.handovers.model import Handover, RegisterEntry
from programmes.notices.model import Notice, Objection
from programmes.people.model import Person
from programmes.retention.model import ErasureRequest, RetentionPeriod
from programmes.scoring.model import Meeting
from programmes.studios.model import Studio
from programmes.titles.model import Title
from tenants.accounts.model import Membership
from tenants.policies.model import PolicyTightening

_ORGANISER = literal("organiser")


def _place(model: Any, *kinds: str, account_id: Any = None, **columns: Any) -> Place:  # noqa: ANN401 - mapped columns
    return Place(frozenset(kinds), Columns(id=model.id, **columns), model.tenant_id, account_id)


_PLAN_CASE = (
    select(CultivationPlan.application_id)
    .where(CultivationPlan.tenant_id == ProgressReport.tenant_id, CultivationPlan.id == ProgressReport.plan_id)
    .scalar_subquery()
)
_FUNDED_CASE = (
    select(Application.id)
    .where(Application.tenant_id == FundingRecord.tenant_id, Application.case_id == FundingRecord.case_id)
    .limit(1)
    .scalar_subquery()
)

PLACES: dict[str, Place] = {
    "Application": _place(
        Application, "case", stage=Application.state, desk=Application.desk, creator=Application.created_by
    ),
    "Edition": _place(
        Edition,
        *("edition", "quota", "grant", "resolution", "announcement"),
        stage=Edition.state,
        desk=_ORGANISER,
    ),
    "Person": _place(Person, "person"),
    "RetentionPeriod": _place(RetentionPeriod, "retention"),
    "ErasureRequest": _place(ErasureRequest, "erasure", stage=ErasureRequest.state),
    "Handover": _place(Handover, "handover", stage=Handover.state),
    "RegisterEntry": _place(RegisterEntry, "register", stage=RegisterEntry.state),
    "Notice": _place(Notice, "notice", stage=Notice.state, desk=_ORGANISER),
    "Objection": _place(
        Objection, "objection", stage=Objection.state, desk=_ORGANISER, about=(Objection.application_id,)
    ),
    "Meeting": _place(Meeting, "meeting", stage=Meeting.state, desk=_ORGANISER),
    "CultivationPlan": _place(
        CultivationPlan,
        *("plan", "task"),
        stage=CultivationPlan.state,
        desk=_ORGANISER,
        about=(CultivationPlan.application_id,),
    ),
    "ProgressReport": _place(
        ProgressReport, "report", stage=ProgressReport.state, desk=_ORGANISER, about=(_PLAN_CASE,)
    ),
    "Title": _place(Title, "title", stage=Title.state, about=(Title.application_id,)),
    "InnovationStudio": _place(Studio, "studio", stage=Studio.state),
    "FundingRecord": _place(FundingRecord, "funding", stage=FundingRecord.state, about=(_FUNDED_CASE,)),
    "Member": _place(Membership, "membership", account_id=Membership.account_id),
    "PolicyTightening": _place(PolicyTightening, "policy"),
}
