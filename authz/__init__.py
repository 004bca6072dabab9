"""The one gate: may this role, at this level, with this desk, do this act; the only place that imports casbin."""
