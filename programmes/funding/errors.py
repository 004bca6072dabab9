"""The questions a record may wait for, and why something cannot be done with money."""

from kernel.errors import CATALOGUE, conflict, invalid, refused

DOCUMENT_EXPIRED = refused(
    "FUNDING_DOCUMENT_EXPIRED",
    zh="依据文件《{document}》在事由发生时不在有效期内，是否仍按{article}发放，须由领导决定并附文件",
    en="The document {document} was not in force when it happened; does {article} still apply",
)
AMOUNT_SILENT = refused(
    "FUNDING_AMOUNT_SILENT",
    zh="《{document}》{article}未规定金额或比例，须确定金额并附文件",
    en="{document} {article} names no amount and no ratio; how much is to be paid",
)
PAYEE_SILENT = refused(
    "FUNDING_PAYEE_SILENT",
    zh="《{document}》{article}未规定发放对象，须确定发给本人、单位或推荐单位",
    en="{document} {article} does not say to whom it is paid; to whom",
)
CASE_SUSPENDED = refused(
    "FUNDING_CASE_SUSPENDED",
    zh="培育已暂停，经费暂缓发放",
    en="The cultivation is suspended; the money is held until it goes on",
)
CASE_STOPPED = refused(
    "FUNDING_CASE_STOPPED",
    zh="培育已停止，《{document}》未规定未发放的经费如何处理，是否仍予发放",
    en="The cultivation was stopped and {document} does not say what becomes of unpaid money; is it still paid",
)
TITLE_REVOKED = refused(
    "FUNDING_TITLE_REVOKED",
    zh="称号已撤销，《{document}》未规定未发放的款项如何处理，是否仍予发放",
    en="The title was revoked and {document} does not say what becomes of unpaid money; is it still paid",
)
RECOVERY_SILENT = refused(
    "FUNDING_RECOVERY_SILENT",
    zh="称号已撤销，《{document}》未规定已发放的款项是否追回，须由领导决定并附文件",
    en="The title was revoked and {document} does not say whether paid money is recovered; is it",
)
FUNDING_STATE = refused(
    "FUNDING_STATE",
    zh="该笔资金当前状态为“{state}”，不能执行此操作",
    en="The record is in state {state}; this cannot be done",
)
NO_QUESTION = refused("FUNDING_NO_QUESTION", zh="该笔资金没有待决定的问题", en="The record waits for no answer")
ANSWER_LACKS_PAYEE = invalid("FUNDING_ANSWER_LACKS_PAYEE", zh="须写明发放对象", en="The answer must name the payee")
ANSWER_LACKS_AMOUNT = invalid("FUNDING_ANSWER_LACKS_AMOUNT", zh="须写明金额", en="The answer must name the amount")
REWARD_RECORDED = conflict(
    "REWARD_RECORDED", zh="该荣誉的上级奖励已登记", en="The reward for this honour is recorded already"
)
REWARD_NOTHING = invalid("REWARD_NOTHING", zh="奖励金额须大于零", en="A reward is more than nothing")
HONOUR_NOT_IN_FORCE = refused("HONOUR_NOT_IN_FORCE", zh="该荣誉已撤销", en="The honour is revoked")


def question_sentence(code: str, document: str, article: str, language: str = "zh") -> str:
    """A record's question as a person reads it; `code` is one of `rules.Question`."""
    return CATALOGUE[code](document=document, article=article).sentence(language)
