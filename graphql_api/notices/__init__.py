"""Notices, objections and announcements in the contract."""
