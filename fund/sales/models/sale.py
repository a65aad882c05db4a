"""What somebody buys: lines that never change, their reserved pieces, and where they go."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fund.payments.models import Payment
from fund.sales.models.stock import MOST_PIECES, StockItem


class Sale(models.Model):
    """One order. Whether it is paid is its payment's word; who bought stands apart, and can be forgotten."""

    class State(models.TextChoices):
        """Forward only; the database knows the ways."""

        UNPAID = "unpaid", _("Waits for payment")
        NOT_PAID = "not_paid", _("Not paid")
        PAID = "paid", _("Paid")
        ASSEMBLING = "assembling", _("Being packed")
        READY = "ready", _("Ready for pickup")
        HANDED_OVER = "handed_over", _("Handed over")
        SENT = "sent", _("Sent")
        RECEIVED = "received", _("Received")
        CLOSED = "closed", _("Closed")
        CANCELLED = "cancelled", _("Cancelled")

    class Carrier(models.TextChoices):
        """How goods get to the buyer."""

        PICKUP = "pickup", _("Pickup in Penza")
        RUSSIAN_POST = "russian_post", _("Russian Post")
        CDEK = "cdek", _("CDEK")

    payment = models.OneToOneField(Payment, models.PROTECT, related_name="sale")
    buyer = models.OneToOneField("people.Donor", models.SET_NULL, null=True, related_name="sale")
    user = models.ForeignKey("people.User", models.SET_NULL, null=True, related_name="sales")
    state = models.CharField(max_length=16, choices=State, default=State.UNPAID)
    carrier = models.CharField(max_length=16, choices=Carrier)
    track_number = models.CharField(max_length=40, blank=True)
    total_kopecks = models.BigIntegerField()
    discount_kopecks = models.BigIntegerField(default=0)
    token = models.CharField(max_length=43, unique=True)
    request_key = models.CharField(max_length=70, unique=True)
    request_sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(total_kopecks__gt=0), name="sale_total_positive"),
            models.CheckConstraint(condition=Q(discount_kopecks__gte=0), name="sale_discount_not_negative"),
            models.CheckConstraint(
                condition=Q(carrier__in=["pickup", "russian_post", "cdek"]), name="sale_carrier_known"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "moved_at"], name="sale_by_state"),
            models.Index(fields=["-created_at", "-id"], name="sale_newest"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the order's own secret page."""
        return reverse("orders:order", kwargs={"token": self.token})

    @property
    def number(self) -> str:
        """Return the public number, by which the books know the order."""
        return f"{self.pk:06}"


class SaleContact(models.Model):
    """Whom goods go to. The row goes when the buyer is forgotten, or the order is long closed."""

    sale = models.OneToOneField(Sale, models.PROTECT, related_name="contact")
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=16)
    postcode = models.CharField(max_length=6, blank=True)
    place = models.CharField(max_length=300, blank=True)
    comment = models.CharField(max_length=300, blank=True)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(phone__regex=r"^\+[0-9]{11,15}$"), name="sale_contact_phone_shape"),
            models.CheckConstraint(
                condition=Q(postcode="") | Q(postcode__regex=r"^[0-9]{6}$"), name="sale_contact_postcode_shape"
            ),
        ]

    def __str__(self) -> str:
        return f"contact of {self.sale_id}"


class SaleLine(models.Model):
    """One line of an order, as it was when it was placed. Rows are never changed.

    ``total_kopecks`` is what all its pieces cost after ``discount_kopecks``. ``subject`` is whom the line feeds. Only
    goods have an ``item``.
    """

    class Kind(models.TextChoices):
        """What is paid for."""

        GOODS = "goods", _("Goods")
        DELIVERY = "delivery", _("Delivery")
        GIFT = "gift", _("Gift")

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=16, choices=Kind)
    item = models.ForeignKey(StockItem, models.PROTECT, null=True, related_name="lines")
    subject = models.CharField(max_length=80)
    title = models.CharField(max_length=128)
    quantity = models.PositiveIntegerField()
    price_kopecks = models.BigIntegerField()
    discount_kopecks = models.BigIntegerField(default=0)
    total_kopecks = models.BigIntegerField()

    class Meta:
        """The database's own rules."""

        constraints = [
            models.UniqueConstraint(fields=["sale", "number"], name="sale_line_numbered"),
            models.UniqueConstraint(fields=["sale", "item"], name="sale_line_item_once"),
            models.CheckConstraint(
                condition=Q(kind="goods", item__isnull=False)
                | Q(kind__in=["delivery", "gift"], item__isnull=True, quantity=1, discount_kopecks=0),
                name="sale_line_goods_are_counted",
            ),
            models.CheckConstraint(
                condition=Q(
                    quantity__gt=0,
                    quantity__lte=MOST_PIECES,
                    price_kopecks__gt=0,
                    discount_kopecks__gte=0,
                    total_kopecks=F("quantity") * F("price_kopecks") - F("discount_kopecks"),
                    total_kopecks__gte=F("quantity"),
                ),
                name="sale_line_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sale_id}/{self.number}: {self.title}"


class Reservation(models.Model):
    """Pieces that nobody else can buy, until they leave or are let go. The database counts them.

    A piece that is left is taken by the first who asks: the item's row is their queue.
    """

    class State(models.TextChoices):
        """Forward only, but that what was let go may be held again where there is enough: a payment came late."""

        HELD = "held", _("Held")
        GONE = "gone", _("Handed over")
        RELEASED = "released", _("Let go")

    line = models.OneToOneField(SaleLine, models.PROTECT, related_name="reservation")
    item = models.ForeignKey(StockItem, models.PROTECT, related_name="reservations")
    quantity = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=State, default=State.HELD)

    class Meta:
        """The database's own rules."""

        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_of_pieces"),
            models.CheckConstraint(condition=Q(state__in=["held", "gone", "released"]), name="reservation_state_known"),
        ]
        indexes = [models.Index(fields=["item"], name="reservation_held", condition=Q(state="held"))]

    def __str__(self) -> str:
        return f"reservation of {self.line_id} ({self.state})"


class SaleStep(models.Model):
    """A move of an order's state: written by the database itself, whoever moved it. Rows are never changed."""

    sale = models.ForeignKey(Sale, models.PROTECT, related_name="steps")
    from_state = models.CharField(max_length=16, blank=True)
    to_state = models.CharField(max_length=16)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sale_id}: {self.from_state} → {self.to_state}"
