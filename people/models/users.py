"""Who signs in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from django.contrib import auth
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.backends import ModelBackend


class UserManager(BaseUserManager["User"]):
    """Makes users, who sign in with their e-mail."""

    def create_user(self, email: str, password: str | None = None) -> User:
        """Make a user; without a password none can be used."""
        user = self.model(email=self.normalize_email(email).lower())
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in: staff, an organiser, a donor who wants an account.

    What a person may do follows from the roles held (``roles.toml``) and from nothing else: Django's groups, single
    permissions and superusers do not exist here.
    """

    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False, editable=False)  # the database keeps it: an open grant
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    is_superuser = False

    class Meta:
        """Names on the desk."""

        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.email

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Return whether a role held now allows it. One query for as long as this object lives."""
        return any(backend.has_perm(self, perm, obj) for backend in _backends())

    def has_module_perms(self, app_label: str) -> bool:
        """Return whether a role held now allows anything in a room."""
        return any(backend.has_module_perms(self, app_label) for backend in _backends())


def _backends() -> list[ModelBackend]:
    return cast("list[ModelBackend]", auth.get_backends())
