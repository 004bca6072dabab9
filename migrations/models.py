"""Every table there is: importing this module completes `Base.metadata`."""

import authz.model
import kernel.audit
import kernel.audit_chain
import kernel.audit_mirror
import kernel.audit_reads
import kernel.idempotency
import kernel.outbox
import kernel.schedule
import programmes.applications.model
import programmes.catalogue.model
import programmes.cultivation.model
import programmes.funding.model
import programmes.handovers.model
import programmes.notices.model
import programmes.people.model
import programmes.retention.model
import programmes.scoring.model
import programmes.studios.model
import programmes.titles.model
import tenants.accounts.model
import tenants.delegation.model
import tenants.model
import tenants.policies.model
from kernel.database import Base

metadata = Base.metadata

__all__ = ["metadata"]
