"""Craftsmen as a union knows them: one person file per tenant, personal data sealed."""
