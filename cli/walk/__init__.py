"""A whole selection year, played over HTTP by each person in turn against a running server of the demo."""
