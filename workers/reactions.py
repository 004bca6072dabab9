"""What follows from an event, in the tenant where it happened: all functions of an event run in one transaction, in this order.

An event that nobody listens to is simply done.
"""

from programmes.applications.events import APPLICATION_MOVED, CASE_FORWARDED
from programmes.handovers.service import news, outgoing, register
from programmes.people.service import PERSON_CHANGED
from programmes.titles.events import TITLE_GRANTED, TITLE_REVOKED
from workers.workshop import Reaction

REACTIONS: dict[str, tuple[Reaction, ...]] = {
    CASE_FORWARDED: (outgoing.send_forwarded_case,),
    APPLICATION_MOVED: (news.report_outcome,),
    PERSON_CHANGED: (register.report_drift,),
    TITLE_GRANTED: (register.announce_to_registers, news.spread_title),
    TITLE_REVOKED: (register.announce_to_registers, news.spread_title),
}
