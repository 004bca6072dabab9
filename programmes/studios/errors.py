"""Why a studio cannot be entered or withdrawn."""

from kernel.errors import conflict, invalid, refused

STUDIO_EXISTS = conflict("STUDIO_EXISTS", zh="本单位已有同名工作室", en="There is a studio of this name here already")
STUDIO_NAMED_LATER = invalid("STUDIO_NAMED_LATER", zh="命名日期不能晚于今天", en="The day of naming lies in the future")
STUDIO_WITHDRAWN = refused("STUDIO_WITHDRAWN", zh="该工作室已撤销命名", en="The studio's naming is withdrawn already")
