"""Money that moved at the fund's bank: one member of staff writes it down from the payment order, another confirms."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.payments.models.money import Refund
from fund.payments.models.proposals import Proposed

STANDING = ["proposed", "approved"]


class BankEntry(Proposed):
    """A payment order of the fund's own: a debt paid to a donor, or ЮKassa's account topped up.

    Booked once, when a second person confirms it. The database refuses a second standing entry of the same order or
    of the same debt, a second decision, and a change of what was written.
    """

    class Kind(models.TextChoices):
        """What the order was for."""

        DEBT = "debt", _("A debt paid to a donor")
        TOP_UP = "top_up", _("ЮKassa's account topped up")

    class State(models.TextChoices):
        """Forward only: proposed → approved | rejected | withdrawn."""

        PROPOSED = "proposed", _("Waits for a second person")
        APPROVED = "approved", _("Confirmed and booked")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    kind = models.CharField(max_length=16, choices=Kind)
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="bank_entries")
    amount_kopecks = models.BigIntegerField()
    order_number = models.CharField(max_length=6)
    order_date = models.DateField()
    state = models.CharField(max_length=16, choices=State, default=State.PROPOSED)
    operation = models.OneToOneField("ledger.Operation", models.PROTECT, null=True, related_name="+")

    class Meta:
        """The database's own rules; ``migrations/0024_what_was_noted_stays.py`` guards what was written."""

        constraints = [
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="bank_entry_amount_positive"),
            models.CheckConstraint(
                condition=Q(kind="debt", refund__isnull=False) | Q(kind="top_up", refund__isnull=True),
                name="bank_entry_debt_has_its_refund",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "rejected"]) | ~Q(decided_by=F("proposed_by")),
                name="bank_entry_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(decided_by=F("proposed_by")),
                name="bank_entry_withdrawn_by_its_author",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True, operation__isnull=True)
                | Q(state="approved", decided_by__isnull=False, decided_at__isnull=False, operation__isnull=False)
                | Q(
                    state__in=["rejected", "withdrawn"],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                    operation__isnull=True,
                ),
                name="bank_entry_decided_whole",
            ),
            models.CheckConstraint(condition=Q(order_number__regex=r"^[0-9]{1,6}$"), name="bank_entry_order_number"),
            models.UniqueConstraint(
                fields=["order_date", "order_number"],
                condition=Q(state__in=STANDING),
                name="bank_entry_order_once",
            ),
            models.UniqueConstraint(fields=["refund"], condition=Q(state__in=STANDING), name="bank_entry_debt_once"),
        ]
        indexes = [models.Index(fields=["-proposed_at", "-id"], name="bank_entry_newest")]

    def __str__(self) -> str:
        return f"bank entry {self.pk} ({self.state})"
