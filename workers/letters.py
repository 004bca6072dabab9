"""Which function takes in which kind of letter, in the receiver's tenant. One line per kind; the functions are services of the areas."""

from authz.delegation import letters as delegation
from authz.delegation.substitutes import APPOINTED, ASKED, ENDED
from authz.scope import WriteScope
from kernel.letters import Letter
from programmes.catalogue.events import RECOMMENDING_GRANT
from programmes.catalogue.service import receive_recommending_grant
from programmes.handovers.service import consent, delivery, news, register
from programmes.retention.service import FILE_ERASED, hear_file_erased
from tenants.delegation.acts import SUBSTITUTE_ACT
from workers.anchors import AUDIT_ANCHOR, receive_anchor
from workers.workshop import LetterHandler


async def _record_grant(scope: WriteScope, letter: Letter) -> None:
    await receive_recommending_grant(scope, letter.id, letter.sender_id, letter.body)


LETTERS: dict[str, LetterHandler] = {
    RECOMMENDING_GRANT: _record_grant,
    "handover_offered": delivery.receive_offer,
    "candidate_requested": delivery.receive_request,
    "handover_accepted": delivery.hear_accepted,
    "handover_returned": delivery.hear_returned,
    "handover_declined": delivery.hear_declined,
    "handover_undone": delivery.hear_undone,
    "handover_withdrawn": delivery.hear_withdrawn,
    "handover_given_back": delivery.hear_given_back,
    "request_refused": delivery.hear_request_ended,
    "request_withdrawn": delivery.hear_request_ended,
    "outcome": news.hear_outcome,
    "title_news": news.hear_title_news,
    "register_entry": register.enter_in_register,
    "consent_withdrawn": consent.hear_consent_withdrawn,
    "drift": register.note_drift,
    FILE_ERASED: hear_file_erased,
    AUDIT_ANCHOR: receive_anchor,
    ASKED: delegation.receive_request,
    APPOINTED: delegation.hear_appointed,
    ENDED: delegation.hear_ended,
    SUBSTITUTE_ACT: delegation.hear_act,
}
