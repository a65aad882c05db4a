"""Where a request really comes from: people's own rule, under the name that this room knew first."""

from people.addresses import client_address, neighbourhood

__all__ = ["client_address", "neighbourhood"]
