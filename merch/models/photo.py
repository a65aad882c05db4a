"""Photos of products: sent by the brand manager, made into sizes by the worker."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.sized import Sized
from merch.models.catalogue import Product


class Photo(Sized, models.Model):
    """One photo of a product, whole. What was sent is kept until its sizes are made; then those alone."""

    FOLDER, ROUTE = "photos", "shop_photos:file"

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        REFUSED = "refused", _("Could not be read")

    product = models.ForeignKey(Product, models.CASCADE, related_name="photos")
    position = models.PositiveSmallIntegerField(default=0)
    alt = models.CharField(_("what it shows"), max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    source_sha256 = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, blank=True)
    widths = models.JSONField(default=list)
    height = models.PositiveSmallIntegerField(default=0)
    uploaded_at = models.DateTimeField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["product", "source_sha256"], name="photo_once"),
            models.CheckConstraint(condition=~Q(state="ready") | Q(digest__gt=""), name="photo_ready_has_digest"),
        ]
        indexes = [
            models.Index(fields=["digest"], name="photo_by_digest", condition=Q(digest__gt="")),
            models.Index(fields=["uploaded_at"], name="photo_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return f"photo {self.pk}"

    @property
    def source_name(self) -> str:
        """Return the storage's name of what was sent."""
        return f"uploads/shop-{self.source_sha256}-{self.pk}"
