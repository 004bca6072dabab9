"""Public notice, objections and announcement."""
