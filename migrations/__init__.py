"""The schema's history, and how a database is prepared for the product."""
