"""The receipt: one page of PDF with the proof that the gift is in the signed log, then one letter."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from campaigns.letters import RECEIPT
from campaigns.models import Donation
from campaigns.selectors import is_sent_to_fund
from fund.ledger.log import find_proof
from fund.ledger.verifying import page_sha256, proof_name, short_root
from fund.money import in_words
from fund.reports.pdf import AttachedFile, render_pdf
from fund.reports.qr import qr_svg
from people.outbox import queue_letter, send_letter

if TYPE_CHECKING:
    from datetime import datetime

    from fund.ledger.log import Proof

RECEIPT_LANGUAGE = "ru"


def finish_receipt(*, donation_id: int, now: datetime) -> bool:
    """Make the PDF and send the letter, each once; return whether it waits for the log's next signed checkpoint.

    Safe to run twice and at the same time.
    """
    is_waiting = make_receipt(donation_id=donation_id, now=now)
    letter_id = Donation.objects.values_list("letter", flat=True).get(pk=donation_id)
    if letter_id is not None:
        send_letter(letter_id=letter_id, now=now)
    return is_waiting


@transaction.atomic
def make_receipt(*, donation_id: int, now: datetime) -> bool:
    """Write the PDF and queue its letter, if it is due and not there yet; return whether the proof is still to come.

    The receipt carries the proof, so it waits until the entry is sealed and signed, however long that takes.
    """
    donation = _lock(donation_id)
    if donation.receipt_due_at is None or donation.letter is not None or donation.donor is None:
        return False
    proof = find_proof(number=donation.payment.operation_id or 0)
    if proof is None:
        return True
    with override(RECEIPT_LANGUAGE):
        content = render_pdf(
            template="pdf/receipt.html",
            context=receipt_context(donation, proof),
            attached=[_attached(donation, proof)],
        )
    name = f"receipts/{sha256(donation.token.encode()).hexdigest()[:40]}.pdf"
    if default_storage.exists(name):  # a crash before our commit left it
        default_storage.delete(name)
    donation.receipt_name = default_storage.save(name, ContentFile(content))
    donation.letter = queue_letter(
        kind=RECEIPT,
        key=donation.token,
        to=donation.donor,
        context={"donation": donation.pk},
        attachment=donation.receipt_name,
        now=now,
    )
    donation.save(update_fields=["receipt_name", "letter"])
    return False


def receipt_context(donation: Donation, proof: Proof) -> dict[str, object]:
    """Return what the receipt says; the operation must be in the books."""
    operation = donation.payment.operation
    if operation is None:
        raise ValueError("a receipt of a gift that is not in the books")
    address = settings.SITE_URL + operation.get_absolute_url()
    return {
        "donation": donation,
        "campaign": donation.campaign,
        "is_sent_to_fund": is_sent_to_fund(donation=donation),
        "operation": operation,
        "operation_address": address,
        "amount_in_words": in_words(donation.amount_kopecks),
        "qr_svg": qr_svg(address),
        "proof": proof,
        "proof_file": proof_name(operation.number),
        "root": short_root(proof.head.root),
        "verify_address": settings.SITE_URL + reverse("ledger:verify"),
        "page_sha256": page_sha256(),
        "fund": settings.FUND,
        "demo_mode": settings.DEMO_MODE,
    }


def _attached(donation: Donation, proof: Proof) -> AttachedFile:
    name = proof_name(donation.payment.operation_id or 0)
    return AttachedFile(name, f"Доказательство записи № {donation.payment.operation_id}", proof.text().encode())


def _lock(donation_id: int) -> Donation:
    return (
        Donation.objects.select_for_update(of=("self",))
        .select_related("campaign", "donor", "payment__operation", "letter")
        .get(pk=donation_id)
    )
