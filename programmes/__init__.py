"""The business of the craftsman programmes, by area; an area imports only areas before it."""
