"""Why something cannot be handed over, taken in or undone."""

from kernel.errors import conflict, refused

STEP_NOT_POSSIBLE = refused(
    "STEP_NOT_POSSIBLE",
    zh="报送件当前状态为“{state}”，不能执行“{step}”",
    en="A handover in state {state} does not take the step {step}",
)
UPPER_FIRST = refused(
    "UPPER_FIRST",
    zh="上级已接收，须由上级先撤销接收，再由本级撤回",
    en="The superior has accepted; it must undo first",
)
ALREADY_HANDED_ON = refused(
    "ALREADY_HANDED_ON",
    zh="该件已继续上报或进入后续环节（{state}），不能撤销接收",
    en="The case has gone on (now {state}) and cannot be given back",
)
REGISTER_ENTRY_REVOKED = refused("REGISTER_ENTRY_REVOKED", zh="该称号已被撤销，不能选调", en="The title was revoked")
REGISTER_ENTRY_WITHDRAWN = refused(
    "REGISTER_ENTRY_WITHDRAWN",
    zh="本人已撤回列入名册的同意，不能选调",
    en="The person withdrew the consent to be on the register",
)
ALREADY_REQUESTED = conflict(
    "ALREADY_REQUESTED", zh="该人选已选调或已在本届报送", en="This candidate was already requested or has arrived"
)
SNAPSHOT_BROKEN = conflict(
    "SNAPSHOT_BROKEN", zh="卷宗摘要与封存时不一致，拒收", en="The dossier does not match its hash"
)

REQUESTER_NOT_ON_ROUTE = refused(
    "REQUESTER_NOT_ON_ROUTE",
    zh="按本期推荐路径，该人选不应由提出商调的工会接收，不能确认；请不同意该请求，按规定路径报送",
    en="By the route of this edition the case does not go to the union that asks; refuse the request and send the case by its route",
)
