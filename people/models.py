"""Who signs in, who gave, and what they agreed to."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes users, who sign in with their e-mail."""

    def create_user(self, email: str, password: str | None = None) -> User:
        """Make a user; without a password none can be used."""
        user = self.model(email=self.normalize_email(email).lower())
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who signs in: staff, an organiser, a donor who wants an account."""

    email = models.EmailField(_("e-mail"), unique=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"

    def __str__(self) -> str:
        return self.email


class Donor(models.Model):
    """The person behind a gift; erasing one leaves the gift and the books whole."""

    email = models.EmailField(_("e-mail"))
    public_name = models.CharField(_("public name"), max_length=100, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"donor {self.pk}"


class LegalText(models.Model):
    """One version of a text that people agree to. Rows are never changed."""

    class Kind(models.TextChoices):
        """What the text is about."""

        OFFER = "offer", _("Offer")
        PERSONAL_DATA = "personal_data", _("Consent to personal data")
        PUBLIC_NAME = "public_name", _("Consent to a public name")

    kind = models.CharField(max_length=20, choices=Kind)
    version = models.CharField(max_length=20)
    body = models.TextField()
    sha256 = models.CharField(max_length=64)
    in_force_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="legal_text_version_unique"),
            models.CheckConstraint(condition=models.Q(sha256__regex=r"^[0-9a-f]{64}$"), name="legal_text_hash_shape"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.version}"


class Consent(models.Model):
    """A person agreed to one version of one text. Rows are never changed."""

    text = models.ForeignKey(LegalText, models.PROTECT, related_name="+")
    donor = models.ForeignKey(Donor, models.PROTECT, related_name="consents")
    given_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [models.UniqueConstraint(fields=["text", "donor"], name="consent_once_a_text")]

    def __str__(self) -> str:
        return f"consent {self.pk}"
