"""What the queue looks like from outside: counters of this process, and gauges set from `outbox_queue.measure`."""

from prometheus_client import Counter, Gauge, Histogram

from kernel.outbox_queue import LeasedJob, QueueState

JOBS = Counter("jiangti_jobs", "Attempts that ended", ["actor", "outcome"])
WAIT = Histogram(
    "jiangti_job_wait_seconds",
    "From the moment a job could run to its start",
    ["actor"],
    buckets=(0.01, 0.05, 0.25, 1, 5, 30, 300),
)
ATTEMPTS = Histogram("jiangti_job_attempts", "Which attempt of its job this was", ["actor"], buckets=(1, 2, 3, 5, 8))
QUEUE = Gauge("jiangti_queue_jobs", "Unfinished jobs, of all tenants", ["state"])
OLDEST = Gauge("jiangti_queue_oldest_seconds", "How long the oldest job that could run has been waiting")


def note_start(job: LeasedJob) -> None:
    """An attempt begins."""
    WAIT.labels(job.actor).observe(max(job.waited, 0))
    ATTEMPTS.labels(job.actor).observe(job.attempts)


def note_end(job: LeasedJob, outcome: str) -> None:
    """An attempt ended: done, postponed, dead or lost."""
    JOBS.labels(job.actor, outcome).inc()


def show(state: QueueState) -> None:
    """Set the gauges; whoever exports metrics calls it with a fresh measurement."""
    for name in ("ready", "delayed", "leased", "dead"):
        QUEUE.labels(name).set(getattr(state, name))
    OLDEST.set(state.oldest_wait)
