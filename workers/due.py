"""What happens when a date comes that a service remembered (`kernel.schedule.remember_due`), in the tenant that remembered it.

The clock may have jumped far past the date and the matter may be settled: each function looks at the object and at `scope.clock.today()` first.
"""

from workers.workshop import DueHandler

DUES: dict[str, DueHandler] = {}
