"""Signing in by an identity provider (OpenID Connect, authorization code with PKCE); off unless an installation names providers."""
