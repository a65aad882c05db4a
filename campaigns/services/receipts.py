"""The receipt: one page of PDF, then one letter."""

from __future__ import annotations

import io
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import segno
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from campaigns.models import MOST_ATTEMPTS, Donation
from campaigns.selectors import is_sent_to_fund
from fund.money import in_words
from fund.payments.models import Alarm
from fund.payments.services import raise_alarm
from fund.reports.pdf import render_pdf

if TYPE_CHECKING:
    from datetime import datetime

RECEIPT_LANGUAGE = "ru"
FIRST_PAUSE = timedelta(seconds=20)
LONGEST_PAUSE = timedelta(hours=6)


class LetterNotSentError(Exception):
    """The mail server did not take the letter."""


def finish_receipt(*, donation_id: int, now: datetime) -> None:
    """Make the PDF and send the letter, each once. Safe to run twice and at the same time.

    The row stays locked from before the letter until it is noted as sent. Only a crash between the mail server's
    yes and our commit sends it again, with the same Message-ID.
    """
    make_receipt(donation_id=donation_id)
    try:
        send_receipt(donation_id=donation_id, now=now)
    except LetterNotSentError:
        postpone_letter(donation_id=donation_id, now=now)


@transaction.atomic
def make_receipt(*, donation_id: int) -> None:
    """Write the PDF, if it is due and not there yet."""
    donation = _lock(donation_id)
    if donation.receipt_due_at is None or donation.receipt_name:
        return
    with override(RECEIPT_LANGUAGE):
        content = render_pdf(template="pdf/receipt.html", context=receipt_context(donation))
    name = f"receipts/{sha256(donation.token.encode()).hexdigest()[:40]}.pdf"
    if default_storage.exists(name):  # a crash before our commit left it
        default_storage.delete(name)
    donation.receipt_name = default_storage.save(name, ContentFile(content))
    donation.save(update_fields=["receipt_name"])


@transaction.atomic
def send_receipt(*, donation_id: int, now: datetime) -> None:
    """Send the letter, if it was not sent yet and the person was not erased.

    :raises LetterNotSentError: if the mail server did not say yes.
    """
    donation = _lock(donation_id)
    if not donation.receipt_name or donation.letter_sent_at or donation.donor is None:
        return
    with override(RECEIPT_LANGUAGE):
        letter = _letter(donation)
    try:
        letter.send()
    except OSError as error:  # smtplib's errors too; their words hold the donor's address
        raise LetterNotSentError(type(error).__name__) from None
    donation.letter_sent_at = now
    donation.save(update_fields=["letter_sent_at"])


@transaction.atomic
def postpone_letter(*, donation_id: int, now: datetime) -> None:
    """Note that the mail server refused; try ever less often, and tell a person at last."""
    donation = _lock(donation_id)
    donation.letter_attempts += 1
    donation.receipt_due_at = now + min(FIRST_PAUSE * int(2**donation.letter_attempts), LONGEST_PAUSE)
    donation.save(update_fields=["letter_attempts", "receipt_due_at"])
    if donation.letter_attempts >= MOST_ATTEMPTS:
        raise_alarm(kind=Alarm.Kind.NOT_DELIVERED, subject=f"gift:{donation.pk}", now=now)


def receipt_context(donation: Donation) -> dict[str, object]:
    """Return what the receipt says; the operation must be in the books."""
    operation = donation.payment.operation
    if operation is None:
        raise ValueError("a receipt of a gift that is not in the books")
    address = settings.SITE_URL + operation.get_absolute_url()
    picture = io.BytesIO()
    segno.make(address, error="m").save(picture, kind="svg", border=0, xmldecl=False, svgns=True)
    return {
        "donation": donation,
        "campaign": donation.campaign,
        "is_sent_to_fund": is_sent_to_fund(donation=donation),
        "operation": operation,
        "operation_address": address,
        "amount_in_words": in_words(donation.amount_kopecks),
        "qr_svg": picture.getvalue().decode(),
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }


def _lock(donation_id: int) -> Donation:
    return (
        Donation.objects.select_for_update(of=("self",))
        .select_related("campaign", "donor", "payment__operation")
        .get(pk=donation_id)
    )


def _letter(donation: Donation) -> EmailMessage:
    if donation.donor is None:
        raise ValueError("a letter to nobody")
    context = receipt_context(donation) | {"gift_address": settings.SITE_URL + donation.get_absolute_url()}
    host = settings.SITE_URL.split("://", 1)[1].split(":", 1)[0].split("/", 1)[0]
    letter = EmailMessage(
        subject=_("Receipt for gift No. %(number)s") % {"number": donation.number},
        body=render_to_string("email/receipt.txt", context),
        to=[donation.donor.email],
        headers={"Message-ID": f"<receipt.{sha256(donation.token.encode()).hexdigest()[:32]}@{host}>"},
    )
    with default_storage.open(donation.receipt_name) as stream:
        letter.attach(f"kvitanciya-{donation.number}.pdf", stream.read(), "application/pdf")
    return letter
