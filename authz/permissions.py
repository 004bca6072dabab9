"""Everything that can be asked of the gate, as `kind:act`; a closed vocabulary.

`kind` is the kind of object the policies speak of, `act` what is done with it. Reading a list is `read`, except for cases, where `list` is asked apart.
The stage a policy row names is: for `case`, `sheet`, `assignment` and `certificate` the state of the application; for `edition`, `quota`, `grant`,
`resolution` and `announcement` the state of the edition; for every other kind the state of the object itself (see `authz.stages`).
"""

from enum import StrEnum


class Permission(StrEnum):
    """One act on one kind of object."""

    CASE_LIST = "case:list"
    CASE_READ = "case:read"
    CASE_CREATE = "case:create"
    CASE_REVISE = "case:revise"
    CASE_SUBMIT = "case:submit"
    CASE_WITHDRAW = "case:withdraw"
    CASE_RETURN = "case:return"
    CASE_ENDORSE = "case:endorse"
    CASE_DECLINE = "case:decline"
    CASE_RECOMMEND = "case:recommend"
    CASE_NOT_RECOMMEND = "case:not_recommend"
    CASE_RECEIVE = "case:receive"
    CASE_MIRROR = "case:mirror"
    CASE_FORMAL_PASS = "case:formal_pass"  # noqa: S105 - no password, a review that is passed
    CASE_FORMAL_REJECT = "case:formal_reject"
    CASE_ASSIGN = "case:assign"
    CASE_SCORE = "case:score"
    CASE_AGGREGATE = "case:aggregate"
    CASE_PROPOSE = "case:propose"
    CASE_NOT_PROPOSE = "case:not_propose"
    CASE_DELIBERATE = "case:deliberate"
    CASE_DROP = "case:drop"
    CASE_PUBLISH = "case:publish"
    CASE_END_NOTICE = "case:end_notice"
    CASE_ANNOUNCE = "case:announce"
    CASE_REMOVE = "case:remove"
    CASE_START_CULTIVATION = "case:start_cultivation"
    CASE_NAME = "case:name"
    CASE_ASSESS = "case:assess"
    CASE_CERTIFY = "case:certify"
    CASE_FAIL = "case:fail"
    CASE_SUSPEND = "case:suspend"
    CASE_RESUME = "case:resume"
    CASE_STOP = "case:stop"
    CASE_REVOKE = "case:revoke"

    EDITION_READ = "edition:read"
    EDITION_CREATE = "edition:create"
    EDITION_FILL = "edition:fill"
    EDITION_ISSUE = "edition:issue"
    EDITION_OPEN = "edition:open"
    EDITION_CLOSE = "edition:close"
    EDITION_ADVANCE = "edition:advance"
    EDITION_AMEND = "edition:amend"
    EDITION_CANCEL = "edition:cancel"
    QUOTA_READ = "quota:read"
    QUOTA_SET = "quota:set"
    GRANT_READ = "grant:read"
    GRANT_EXTRA = "grant:extra"
    GRANT_RECORD = "grant:record"

    ASSIGNMENT_READ = "assignment:read"
    SHEET_READ = "sheet:read"
    MEETING_READ = "meeting:read"
    MEETING_OPEN = "meeting:open"
    MEETING_CONCLUDE = "meeting:conclude"
    RESOLUTION_READ = "resolution:read"
    RESOLUTION_RECORD = "resolution:record"

    NOTICE_READ = "notice:read"
    NOTICE_PUBLISH = "notice:publish"
    NOTICE_END = "notice:end"
    OBJECTION_READ = "objection:read"
    OBJECTION_REVEAL = "objection:reveal"
    OBJECTION_LODGE = "objection:lodge"
    OBJECTION_ADMIT = "objection:admit"
    OBJECTION_REJECT = "objection:reject"
    OBJECTION_CONCLUDE = "objection:conclude"
    OBJECTION_APPLY = "objection:apply"
    ANNOUNCEMENT_READ = "announcement:read"
    ANNOUNCEMENT_PUBLISH = "announcement:publish"

    PLAN_READ = "plan:read"
    PLAN_OPEN = "plan:open"
    PLAN_DRAFT = "plan:draft"
    PLAN_SIGN = "plan:sign"
    PLAN_FILE = "plan:file"
    PLAN_CLOSE = "plan:close"
    TASK_COMPLETE = "task:complete"
    REPORT_READ = "report:read"
    REPORT_OPEN = "report:open"
    REPORT_SUBMIT = "report:submit"
    REPORT_VERIFY = "report:verify"
    ASSESSMENT_READ = "assessment:read"

    TITLE_READ = "title:read"
    TITLE_GRANT = "title:grant"
    TITLE_REVOKE = "title:revoke"
    CERTIFICATE_READ = "certificate:read"
    CERTIFICATE_ISSUE = "certificate:issue"
    HONOUR_READ = "honour:read"
    HONOUR_RECORD = "honour:record"

    HANDOVER_READ = "handover:read"
    HANDOVER_SEND = "handover:send"
    HANDOVER_DELIVER = "handover:deliver"
    HANDOVER_ACCEPT = "handover:accept"
    HANDOVER_RETURN = "handover:return"
    HANDOVER_DECLINE = "handover:decline"
    HANDOVER_WITHDRAW = "handover:withdraw"
    HANDOVER_UNDO = "handover:undo"
    HANDOVER_REQUEST = "handover:request"
    HANDOVER_CONFIRM = "handover:confirm"
    REGISTER_READ = "register:read"
    REGISTER_ENTER = "register:enter"
    REGISTER_REVOKE = "register:revoke"

    STUDIO_READ = "studio:read"
    STUDIO_CREATE = "studio:create"
    STUDIO_WITHDRAW = "studio:withdraw"

    FUNDING_READ = "funding:read"
    FUNDING_PLAN = "funding:plan"
    FUNDING_ANSWER = "funding:answer"
    FUNDING_APPLY = "funding:apply"
    FUNDING_APPROVE = "funding:approve"
    FUNDING_PAY = "funding:pay"
    REWARD_READ = "reward:read"
    REWARD_RECORD = "reward:record"

    PERSON_READ = "person:read"
    PERSON_CREATE = "person:create"
    PERSON_UPDATE = "person:update"
    PERSON_REVEAL = "person:reveal"
    PERSON_CONSENT = "person:consent"
    PERSON_EXPORT = "person:export"
    PERSON_ERASE = "person:erase"

    TENANT_READ = "tenant:read"
    TENANT_CREATE = "tenant:create"
    TENANT_MOVE = "tenant:move"
    MEMBERSHIP_READ = "membership:read"
    MEMBERSHIP_CREATE = "membership:create"
    MEMBERSHIP_REVOKE = "membership:revoke"
    MEMBERSHIP_RESET = "membership:reset"
    MEMBERSHIP_INSPECT = "membership:inspect"
    SESSION_REVOKE = "session:revoke"
    AUDIT_READ = "audit:read"
    POLICY_EXPLAIN = "policy:explain"
    POLICY_READ = "policy:read"
    POLICY_TIGHTEN = "policy:tighten"
    POLICY_LIFT = "policy:lift"

    @property
    def kind(self) -> str:
        """The kind of object, the part before the colon."""
        return self.value.partition(":")[0]

    @property
    def act(self) -> str:
        """What is done, the part after the colon."""
        return self.value.partition(":")[2]


READING_ACTS = frozenset({"read", "list", "explain"})
"""Acts that change nothing; a supervisor may do no others."""
