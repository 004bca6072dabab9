"""Why a title cannot be granted or taken back."""

from kernel.errors import refused

CERTIFICATE_NOT_EARNED = refused(
    "CERTIFICATE_NOT_EARNED",
    zh="须完成培育任务且评价合格，方可颁发证书",
    en="A certificate needs completed tasks and an assessment as qualified",
)
TITLE_NOT_IN_FORCE = refused("TITLE_NOT_IN_FORCE", zh="该称号已撤销", en="The title is revoked already")
REVOCATION_GROUND = refused(
    "REVOCATION_GROUND",
    zh="该情形不在文件规定的撤销情形之内",
    en="The document does not know this ground for a revocation",
)
NOT_OF_THE_EDITION = refused(
    "NOT_OF_THE_EDITION",
    zh="名单中有人不属于本届",
    en="Somebody on the list does not belong to this edition",
)
