"""What happens after a commit: jobs out of the outbox, letters between tenants, reactions to events, dates that come. The only place that imports dramatiq."""
