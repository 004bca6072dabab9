"""What follows from an event, in the tenant where it happened: all functions of an event run in one transaction, in this order.

An event that nobody listens to is simply done.
"""

from programmes.applications.events import APPLICATION_MOVED, CASE_FORWARDED
from programmes.catalogue import service as catalogue
from programmes.cultivation import service as cultivation
from programmes.cultivation.events import CULTIVATION_YEAR_BEGUN
from programmes.funding import service as funding
from programmes.funding.events import REWARD_RECORDED
from programmes.handovers.service import consent, news, outgoing, register
from programmes.people.service import CONSENT_WITHDRAWN_EVENT, PERSON_CHANGED
from programmes.studios.events import STUDIO_NAMED
from programmes.titles.events import HONOUR_RECORDED, TITLE_GRANTED, TITLE_REVOKED
from workers.workshop import Reaction

REACTIONS: dict[str, tuple[Reaction, ...]] = {
    CASE_FORWARDED: (outgoing.send_forwarded_case,),
    APPLICATION_MOVED: (
        catalogue.follow_case,
        cultivation.on_application_moved,
        funding.on_application_moved,
        funding.on_case_followed,
        news.report_outcome,
    ),
    CULTIVATION_YEAR_BEGUN: (funding.on_cultivation_year_begun,),
    TITLE_GRANTED: (funding.on_title_granted, register.announce_to_registers, news.spread_title),
    TITLE_REVOKED: (funding.on_title_revoked, register.announce_to_registers, news.spread_title),
    HONOUR_RECORDED: (funding.on_honour_recorded,),
    REWARD_RECORDED: (funding.on_reward_recorded,),
    STUDIO_NAMED: (funding.on_studio_named,),
    CONSENT_WITHDRAWN_EVENT: (consent.follow_withdrawal,),
    PERSON_CHANGED: (register.report_drift,),
}
