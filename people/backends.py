"""What a signed-in person may do: the roles held now, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.auth_backends import AuthenticationBackend

from people.roles import permissions
from people.selectors import roles_held

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

CACHE = "_permissions_of_roles"


class RoleBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth has no types
    """Signs in as allauth does; answers questions about permissions from ``roles.toml``."""

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: object = None) -> set[str]:
        """Return what the person may do; read once, kept on the user object, which lives as long as the request."""
        if obj is not None or not user_obj.is_active or user_obj.is_anonymous:
            return set()
        if not hasattr(user_obj, CACHE):
            setattr(user_obj, CACHE, set(permissions(roles_held(user_id=user_obj.pk))))
        found: set[str] = getattr(user_obj, CACHE)
        return found

    def get_user_permissions(self, user_obj: AbstractBaseUser, obj: object = None) -> set[str]:  # noqa: ARG002
        """Return none: nobody has permissions of their own."""
        return set()

    def get_group_permissions(self, user_obj: AbstractBaseUser, obj: object = None) -> set[str]:  # noqa: ARG002
        """Return none: there are no groups."""
        return set()
