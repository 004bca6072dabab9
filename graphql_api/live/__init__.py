"""Subscriptions over web sockets, by the protocol graphql-transport-ws."""
