"""Papers about the fund's money: one member of staff writes each down, another confirms, then it is in the books."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from fund.payments.models.money import Refund
from fund.payments.models.proposals import Proposed

STANDING = ["proposed", "approved"]


class BankEntryQuerySet(models.QuerySet["BankEntry"]):
    """Entries, by what they say."""

    def spent(self) -> BankEntryQuerySet:
        """Return expenses that are in the books, and were not put right there."""
        return self.filter(kind="expense", state="approved", operation__reversed_by__isnull=True)

    def standing(self) -> BankEntryQuerySet:
        """Return those that are in the books or may come there."""
        return self.filter(state__in=STANDING)


class BankEntry(Proposed):
    """A payment order of the bank (a debt, a top-up, a payout, a supplier paid), or what a supplier is to be paid for.

    Booked once, when a second person confirms it. The database refuses a second standing entry of the same order, of
    the same debt or of the same act, a second decision, more paid for an act than it says, and a change of what was
    written. ``line`` and ``words`` of an expense are read by everybody: they name nobody. ``line`` is a line of the
    project's budget as it was called then.
    """

    class Kind(models.TextChoices):
        """What the paper is about."""

        DEBT = "debt", _("A debt paid to a donor")
        TOP_UP = "top_up", _("ЮKassa's account topped up")
        PAYOUT = "payout", _("Paid out by ЮKassa")
        EXPENSE = "expense", _("An expense of a project")
        SUPPLIER = "supplier", _("A supplier paid")

    class State(models.TextChoices):
        """Forward only: proposed → approved | rejected | withdrawn."""

        PROPOSED = "proposed", _("Waits for a second person")
        APPROVED = "approved", _("Confirmed and booked")
        REJECTED = "rejected", _("Rejected")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    kind = models.CharField(max_length=16, choices=Kind)
    refund = models.ForeignKey(Refund, models.PROTECT, null=True, related_name="bank_entries")
    amount_kopecks = models.BigIntegerField()
    subject = models.CharField(max_length=80, blank=True, default="", db_default="")
    line = models.CharField(max_length=120, blank=True, default="", db_default="")
    words = models.CharField(max_length=200, blank=True, default="", db_default="")
    act = models.ForeignKey("self", models.PROTECT, null=True, related_name="payments")
    order_number = models.CharField(max_length=20)
    order_date = models.DateField()
    state = models.CharField(max_length=16, choices=State, default=State.PROPOSED)
    operation = models.OneToOneField("ledger.Operation", models.PROTECT, null=True, related_name="+")
    cover_operation = models.OneToOneField("ledger.Operation", models.PROTECT, null=True, related_name="+")

    objects = BankEntryQuerySet.as_manager()

    class Meta:
        """The database's own rules; ``migrations/0025_what_is_spent.sql`` guards what was written."""

        constraints = [
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="bank_entry_amount_positive"),
            models.CheckConstraint(
                condition=Q(kind="debt", refund__isnull=False, act__isnull=True, subject="", line="", words="")
                | Q(kind__in=["top_up", "payout"], refund__isnull=True, act__isnull=True, subject="", line="", words="")
                | (
                    Q(kind="expense", refund__isnull=True, act__isnull=True)
                    & ~Q(subject="")
                    & ~Q(line="")
                    & ~Q(words="")
                )
                | (Q(kind="supplier", refund__isnull=True, act__isnull=False, line="", words="") & ~Q(subject="")),
                name="bank_entry_says_what_for",
            ),
            models.CheckConstraint(
                condition=Q(kind="expense", state="approved", cover_operation__isnull=False)
                | (~Q(kind="expense", state="approved") & Q(cover_operation__isnull=True)),
                name="bank_entry_expense_is_covered",
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
            models.CheckConstraint(
                condition=Q(order_number__regex=r"^[0-9]{1,6}$")
                | Q(kind="expense", order_number__regex=r"^[0-9A-Za-zА-Яа-яЁё№/. -]{1,20}$"),
                name="bank_entry_number",
            ),
            models.UniqueConstraint(
                fields=["order_date", "order_number"],
                condition=Q(state__in=STANDING, kind__in=["debt", "top_up", "supplier"]),
                name="bank_entry_own_order_once",
            ),
            models.UniqueConstraint(
                fields=["order_date", "order_number"],
                condition=Q(state__in=STANDING, kind="payout"),
                name="bank_entry_payout_once",
            ),
            models.UniqueConstraint(
                fields=["subject", "order_date", "order_number", "amount_kopecks"],
                condition=Q(state__in=STANDING, kind="expense"),
                name="bank_entry_act_once",
            ),
            models.UniqueConstraint(fields=["refund"], condition=Q(state__in=STANDING), name="bank_entry_debt_once"),
        ]
        indexes = [
            models.Index(fields=["-proposed_at", "-id"], name="bank_entry_newest"),
            models.Index(
                fields=["subject", "-order_date", "-id"],
                name="bank_entry_spent",
                condition=Q(kind="expense", state="approved"),
            ),
        ]

    @property
    def is_spent(self) -> bool:
        """Return whether it is an expense that is in the books."""
        return self.kind == self.Kind.EXPENSE and self.state == self.State.APPROVED

    @property
    def number(self) -> str:
        """Return how the books call an expense: a number of our own, for they keep nothing that was typed."""
        return f"{self.pk:06}"

    def __str__(self) -> str:
        return f"bank entry {self.pk} ({self.state})"
