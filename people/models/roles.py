"""Which roles people hold, and what staff did."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RoleGrantQuerySet(models.QuerySet["RoleGrant"]):
    """Verbs of grants."""

    def open(self) -> RoleGrantQuerySet:
        """Return what is in force."""
        return self.filter(revoked_at=None)


class RoleGrant(models.Model):
    """A person was given a role. Rows are never deleted, and change once: when the role is taken back."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="grants", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=40)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name=_("granted by")
    )  # nobody: by a command on the machine itself
    granted_at = models.DateTimeField(_("granted"))
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name=_("revoked by")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    objects = RoleGrantQuerySet.as_manager()

    class Meta:
        """The database's own rules."""

        verbose_name = _("role held")
        verbose_name_plural = _("roles held")
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], condition=Q(revoked_at=None), name="role_held_once"),
            models.CheckConstraint(condition=Q(role__regex=r"^[a-z_]+$"), name="role_name_shape"),
            models.CheckConstraint(
                condition=Q(granted_by=None) | ~Q(granted_by=F("user")), name="role_never_granted_to_oneself"
            ),
            models.CheckConstraint(
                condition=Q(revoked_by=None) | Q(revoked_at__isnull=False), name="role_revoked_by_somebody_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"


class StaffAct(models.Model):
    """Somebody of the staff did something. Rows are never changed, and hold no donor's data."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, verbose_name=_("who")
    )  # nobody: by a command on the machine itself
    action = models.CharField(_("what"), max_length=60)
    subject = models.CharField(_("about what"), max_length=80)
    details = models.JSONField(_("details"), default=dict)
    at = models.DateTimeField(_("when"))

    class Meta:
        """The database's own rules."""

        verbose_name = _("act of staff")
        verbose_name_plural = _("acts of staff")
        constraints = [
            models.CheckConstraint(condition=Q(action__regex=r"^[a-z_]+\.[a-z_]+$"), name="staff_act_action_shape"),
            models.CheckConstraint(
                condition=Q(subject__regex=r"^[a-z_]+:[A-Za-z0-9_.-]+$"), name="staff_act_subject_shape"
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="staff_act_at"),
            models.Index(fields=["subject", "-at"], name="staff_act_subject"),
            models.Index(fields=["actor", "-at"], name="staff_act_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject}"
