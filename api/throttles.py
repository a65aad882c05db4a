"""How often one address may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.exceptions import RedisError
from rest_framework.throttling import SimpleRateThrottle

from fund.payments.addresses import client_address, neighbourhood

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class AddressThrottle(SimpleRateThrottle):
    """Count requests by the caller's address; without Redis nobody is refused."""

    scope = "address"

    def get_cache_key(self, request: Request, view: APIView) -> str:  # noqa: ARG002 - DRF's signature
        """Return the counter's name."""
        return self.cache_format % {"scope": self.scope, "ident": neighbourhood(client_address(request))[0]}

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Return whether the caller may go on."""
        try:
            return bool(super().allow_request(request, view))
        except RedisError:
            return True


class ExportThrottle(AddressThrottle):
    """Count downloads of the books apart: each costs as much as hundreds of other calls."""

    scope = "export"
