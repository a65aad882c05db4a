"""The shop's letters to those who wait for something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.telling.kinds import LONGEST_SUBJECT, QuietLetter
from merch.catalogue import waiting
from merch.models import BackInStockWish, Product
from people.letters import NotWantedError, Words

if TYPE_CHECKING:
    from datetime import datetime

    from people.models import Letter


class BackInStockLetter(QuietLetter):
    """Something is there again. Once sent, whom it went to is forgotten."""

    title = gettext_lazy("Something is there again")

    def write(self, *, letter: Letter) -> Words:
        """Write to one who waits, if it is there still."""
        rows = BackInStockWish.objects.select_related("variant__product", "variant__item", "donor")
        wish = rows.filter(pk=letter.context["wish"]).first()
        if wish is None or not _is_there(wish):
            raise NotWantedError
        product = wish.variant.product
        stop = settings.SITE_URL + waiting.stop_path(email=wish.donor.email or "")
        context = {
            "product": product,
            "variant": wish.variant,
            "address": f"{settings.SITE_URL}{product.get_absolute_url()}#variant-{wish.variant_id}",
            "stop_address": stop,
            "fund": settings.FUND,
            "demo_mode": settings.DEMO_MODE,
        }
        subject = " ".join((_("There again: %(title)s") % {"title": product.title}).split())[:LONGEST_SUBJECT]
        return Words(subject, render_to_string("email/back_in_stock.txt", context), unsubscribe_address=stop)

    def given_up(self, *, letter: Letter, now: datetime) -> None:
        """Forget whom it can't reach."""
        waiting.forget(wish_ids=[letter.context["wish"]], now=now)

    def sent(self, *, letter: Letter, now: datetime) -> None:
        """Forget whom it was for: that was all that the e-mail was given for."""
        waiting.forget(wish_ids=[letter.context["wish"]], now=now)


def _is_there(wish: BackInStockWish) -> bool:
    variant = wish.variant
    return variant.is_on_sale and variant.product.state == Product.State.LISTED and variant.item.available > 0
