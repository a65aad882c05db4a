"""Papers of orders: asked for, made into a PDF by the worker, taken away again."""

from __future__ import annotations

import secrets

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from fund.sales.models import Sale


def unguessable_name() -> str:
    """Return a new file's name in the storage; nobody can guess it."""
    return f"papers/{secrets.token_hex(20)}.pdf"


class OrderPaper(models.Model):
    """One PDF about one order; only the packing lists of the day are about many.

    ``sale_ids`` are the orders that it shows, and ``digest`` is of all that it says of them: where that would be
    another by now, the paper is not to be shown any more. The file's name is settled before there is a file, so that
    none is ever left behind that no row knows. Whatever it says stands elsewhere: rows go with their files.
    """

    class Kind(models.TextChoices):
        """What it is for."""

        INVOICE = "invoice", _("Invoice")
        PACKING = "packing", _("Packing list")
        DAY = "day", _("Packing lists of the day")

    class State(models.TextChoices):
        """How far it is; a paper that is asked for anew waits again."""

        WAITING = "waiting", _("Being made")
        READY = "ready", _("Ready")

    kind = models.CharField(max_length=8, choices=Kind)
    sale = models.ForeignKey(Sale, models.PROTECT, null=True, related_name="papers")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    file_name = models.CharField(max_length=60, unique=True, default=unguessable_name)
    sale_ids = ArrayField(models.BigIntegerField(), default=list)
    digest = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["sale", "kind"], name="order_paper_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(sale=None), name="order_paper_of_the_day_once"),
            models.CheckConstraint(
                condition=Q(kind="day", sale=None) | Q(kind__in=["invoice", "packing"], sale__isnull=False),
                name="order_paper_of_an_order",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", digest="", made_at=None)
                | Q(state="ready", digest__gt="", made_at__isnull=False),
                name="order_paper_state_sane",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], name="order_paper_waiting", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def has_people(self) -> bool:
        """Return whether it says whom goods go to."""
        return self.kind != self.Kind.INVOICE
