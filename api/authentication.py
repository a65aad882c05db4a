"""Who calls: whoever made the key that the request carries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from people.services.api_keys import SCHEME, find_key, secret_of

if TYPE_CHECKING:
    from rest_framework.request import Request

    from people.models import ApiKey, User


class KeyAuthentication(BaseAuthentication):
    """``Authorization: Bearer skp_…``. No cookie counts here, so no page of others can make a browser write for us."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """Return the key's owner, and the key; None where no key came.

        :raises AuthenticationFailed: if it opens nothing.
        """
        secret = secret_of(header=request.headers.get("Authorization", ""))
        if secret is None:
            return None
        key = find_key(secret=secret, now=timezone.now())
        if key is None:
            raise AuthenticationFailed(_("This key opens nothing: it was taken back, has run out, or never was."))
        return key.user, key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """Return what 401 asks for."""
        return "Bearer"


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    """How the schema tells of it."""

    target_class = "api.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:  # noqa: ARG002 - the library's signature
        """Return the scheme."""
        return {"type": "http", "scheme": SCHEME}
