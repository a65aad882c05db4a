"""The books: accounts, operations, postings, the checkpoints that keep balances quick, the log that proves them.

The site's role may only read these tables; it writes through the functions of migration 0002.
"""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# A leaf of the log has 65 535 bytes at most (C2SP tlog-tiles), and whole numbers are exact below 2^53 (RFC 8785).
MOST_LINES = 200
MOST_DOCUMENTS = 100
LARGEST_KOPECKS = 2**53 - 1
# Reports walk month by month from the first entry to the last; a date such as "infinity" would never let them end.
EARLIEST, LATEST = date(1990, 1, 1), date(2199, 12, 31)


class Account(models.Model):
    """One account of the chart. Rows are never changed."""

    class Side(models.TextChoices):
        """Which side makes it grow."""

        ACTIVE = "active", _("Active")
        PASSIVE = "passive", _("Passive")
        BOTH = "both", _("Active-passive")

    code = models.CharField(_("code"), max_length=80, unique=True)
    name = models.CharField(_("title"), max_length=200)
    side = models.CharField(_("side"), max_length=10, choices=Side)
    opened_at = models.DateTimeField(_("opened"))

    class Meta:
        """The database's own rules."""

        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=r"^[0-9]{2}(\.[0-9a-z-]+)*$"), name="account_code_shape"),
            models.CheckConstraint(condition=Q(side__in=["active", "passive", "both"]), name="account_side_known"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Operation(models.Model):
    """One event in the life of money, written as postings. Rows are never changed."""

    number = models.BigAutoField(_("number"), primary_key=True)
    kind = models.CharField(_("kind"), max_length=40)
    subject = models.CharField(_("for what"), max_length=80, blank=True)
    business_date = models.DateField(_("date"))
    memo = models.CharField(_("what happened"), max_length=200)
    key = models.CharField(_("key"), max_length=80, unique=True)
    request_sha256 = models.CharField(max_length=64)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by", verbose_name=_("reverses")
    )
    document_hashes = ArrayField(models.CharField(max_length=64), default=list)
    posted_at = models.DateTimeField(_("written"))
    transaction_id = models.BigIntegerField()

    class Meta:
        """The database's own rules."""

        verbose_name = _("entry in the books")
        verbose_name_plural = _("entries in the books")
        indexes = [
            models.Index(fields=["subject", "business_date", "number"], name="operation_subject_day"),
            models.Index(fields=["business_date", "number"], name="operation_day"),
            models.Index(fields=["number"], name="operation_reversal", condition=Q(reverses__isnull=False)),
            models.Index(fields=["transaction_id"], name="operation_window"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(reverses=F("number")), name="operation_not_its_own_reversal"),
            models.CheckConstraint(
                condition=Q(business_date__gte=EARLIEST, business_date__lte=LATEST), name="operation_day_sensible"
            ),
            models.CheckConstraint(
                condition=Q(document_hashes__len__lte=MOST_DOCUMENTS), name="operation_fits_the_log"
            ),
        ]

    def __str__(self) -> str:
        return f"operation {self.number}"

    def get_absolute_url(self) -> str:
        """Return the operation's public page."""
        return reverse("ledger:operation", kwargs={"number": self.number})


class Posting(models.Model):
    """Money that moved from one account to another. Rows are never changed.

    One row holds both sides (Дт, Кт), so the books cannot be written out of balance.
    """

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="postings")
    line = models.PositiveSmallIntegerField(_("line"))
    debit = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False, verbose_name=_("debit"))
    credit = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False, verbose_name=_("credit"))
    amount_kopecks = models.BigIntegerField()
    transaction_id = models.BigIntegerField()

    class Meta:
        """The database's own rules."""

        verbose_name = _("posting")
        verbose_name_plural = _("postings")
        constraints = [
            models.CheckConstraint(condition=Q(amount_kopecks__gt=0), name="posting_amount_positive"),
            models.CheckConstraint(
                condition=Q(amount_kopecks__lte=LARGEST_KOPECKS, line__lte=MOST_LINES), name="posting_fits_the_log"
            ),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="posting_two_accounts"),
            models.UniqueConstraint(fields=["operation", "line"], name="posting_line_once"),
        ]
        indexes = [
            models.Index(fields=["debit", "transaction_id"], include=["amount_kopecks"], name="posting_debit"),
            models.Index(fields=["credit", "transaction_id"], include=["amount_kopecks"], name="posting_credit"),
            models.Index(fields=["transaction_id"], name="posting_window"),
        ]

    def __str__(self) -> str:
        return f"posting {self.operation_id}.{self.line}"


class Checkpoint(models.Model):
    """A moment up to which every operation is counted: all with a transaction id below ``watermark``."""

    watermark = models.BigIntegerField(_("watermark"), unique=True)
    operations = models.BigIntegerField(_("entries"))
    postings = models.BigIntegerField(_("postings"))
    sealed_at = models.DateTimeField(_("sealed"))
    root_hash = models.BinaryField(_("root of the log"), null=True, max_length=32)  # none from before there was a log

    class Meta:
        """How people call it, and how it is found by the size of the log."""

        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        indexes = [models.Index(fields=["operations"], name="checkpoint_size")]

    def __str__(self) -> str:
        return f"checkpoint {self.pk}"


class AccountTotal(models.Model):
    """All that an account was debited and credited up to a checkpoint; a row only where that changed it."""

    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="totals", db_index=False)
    account = models.ForeignKey(Account, models.PROTECT, related_name="+", db_index=False)
    debit_kopecks = models.BigIntegerField()
    credit_kopecks = models.BigIntegerField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(
                fields=["account", "checkpoint"], include=["debit_kopecks", "credit_kopecks"], name="total_once"
            ),
        ]

    def __str__(self) -> str:
        return f"total of {self.account_id} at {self.checkpoint_id}"


class Turnover(models.Model):
    """What a day or month had been debited and credited by a checkpoint; a row only where that changed it.

    ``scope`` is an account's id, or minus the first two digits of the code for all accounts that begin with them.
    """

    pk = models.CompositePrimaryKey("scope", "is_month", "start_date", "checkpoint")
    scope = models.BigIntegerField()
    checkpoint = models.ForeignKey(Checkpoint, models.PROTECT, related_name="+", db_index=False)
    debit_kopecks = models.BigIntegerField()
    credit_kopecks = models.BigIntegerField()
    start_date = models.DateField()
    is_month = models.BooleanField()

    def __str__(self) -> str:
        return f"turnover of {self.scope} from {self.start_date} at {self.checkpoint_id}"


class SealedSum(models.Model):
    """A sealed operation's sum beside what else people search by; the sealer writes it, so posting pays nothing."""

    pk = models.CompositePrimaryKey("amount_kopecks", "business_date", "operation")
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="+", db_index=False)
    amount_kopecks = models.BigIntegerField()
    business_date = models.DateField()
    subject = models.CharField(max_length=80, blank=True)

    class Meta:
        """The database's own rules."""

        indexes = [
            models.Index(fields=["amount_kopecks", "subject", "business_date", "operation"], name="sealedsum_subject"),
        ]

    def __str__(self) -> str:
        return f"sum of operation {self.operation_id}"


class LogEntry(models.Model):
    """The place of a sealed operation in the log, counted from nought, and the hash of its leaf (RFC 6962)."""

    place = models.BigIntegerField(primary_key=True)
    operation = models.OneToOneField(Operation, models.PROTECT, related_name="log_entry")
    leaf_hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"log entry {self.place}"


class LogNode(models.Model):
    """The Merkle tree hash of 256^level leaves, from ``place`` · 256^level on; only whole ones are kept."""

    pk = models.CompositePrimaryKey("level", "place")
    level = models.PositiveSmallIntegerField()
    place = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"log node {self.level}/{self.place}"


class SignedCheckpoint(models.Model):
    """A checkpoint's root, signed by the log's key: a C2SP note, shown to the world as it stands here."""

    checkpoint = models.OneToOneField(Checkpoint, models.PROTECT, primary_key=True, related_name="signed")
    note = models.TextField()
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"signature of checkpoint {self.checkpoint_id}"
