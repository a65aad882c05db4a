"""What buyers fill in; checks shape, writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from fund.forms import AmountField, KeyedForm, gift_refusal
from fund.sales.delivery import PLACELESS, is_postcode
from fund.sales.models import Sale
from fund.sales.phones import NotAPhoneError, parse_phone
from merch.carts.basket import MOST_OF_ONE
from people.emails import refuse_look_alike
from people.names import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

FUND = "fund"


class LineForm(forms.Form):
    """So many pieces of a variant."""

    variant = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    quantity = forms.IntegerField(min_value=1, max_value=MOST_OF_ONE)


class ChangeForm(LineForm):
    """Another number of pieces of what is in the cart; nought takes it out."""

    quantity = forms.IntegerField(min_value=0, max_value=MOST_OF_ONE)


class CodeForm(forms.Form):
    """A promo code; nothing takes the one back that is in the cart."""

    code = forms.CharField(label=_("Promo code"), max_length=40, required=False)


class CheckoutForm(KeyedForm):
    """Whom the order goes to, and how."""

    carrier = forms.ChoiceField(label=_("Delivery"), choices=Sale.Carrier.choices, widget=forms.RadioSelect)
    postcode = forms.CharField(
        label=_("Postcode"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"}),
    )
    place = forms.CharField(
        label=_("Address"),
        help_text=_("Town, street, house, flat; or the carrier's office."),
        max_length=300,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    name = forms.CharField(
        label=_("Who gets it"),
        help_text=_("As the carrier asks for it: first name and family name."),
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("The fiscal receipts and word about the order go there."),
        max_length=254,
        validators=[refuse_look_alike],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    comment = forms.CharField(label=_("A word to who packs it"), max_length=300, required=False)
    gift = AmountField(
        label=_("Gift besides, roubles"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 20, "inputmode": "decimal"}),
    )
    gift_to = forms.ChoiceField(label=_("Whom the gift is for"), required=False)
    shop_rules = forms.BooleanField(error_messages={"required": _("Without the rules accepted we can't sell.")})
    buyer_data = forms.BooleanField(
        error_messages={"required": _("Without this consent we can't send the receipt or hand the order over.")}
    )

    def __init__(self, *args: Any, receivers: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        """Offer the campaigns that take a gift at once."""
        super().__init__(*args, **kwargs)
        self.fields["gift_to"].choices = [(FUND, _("The fund's common goals")), *receivers]  # type: ignore[attr-defined]
        texts = {
            "shop_rules": _("I accept the <a href='{}' target='_blank' rel='noopener'>rules of the shop</a>."),
            "buyer_data": _(
                "I agree to the <a href='{}' target='_blank' rel='noopener'>processing of my personal data</a>."
            ),
        }
        for name, text in texts.items():
            self.fields[name].label = format_html(str(text), reverse("pages:legal", kwargs={"kind": name}))

    def clean_postcode(self) -> str:
        """Take the blanks away."""
        return "".join(str(self.cleaned_data["postcode"]).split())

    def clean_name(self) -> str:
        """Leave what can be seen."""
        name = visible(self.cleaned_data["name"])
        if not name:
            raise forms.ValidationError(_("Write who gets the order."))
        return name

    def clean_phone(self) -> str:
        """Return the number as it is kept."""
        try:
            return parse_phone(self.cleaned_data["phone"])
        except NotAPhoneError:
            raise forms.ValidationError(_("There is no such phone number. Write it like +7 900 123-45-67.")) from None

    def clean_gift(self) -> int | None:
        """Hold the sum to what a gift may be; nought is none."""
        gift: int | None = self.cleaned_data["gift"]
        if gift and (refusal := gift_refusal(gift)):
            raise forms.ValidationError(refusal)
        return gift or None

    def clean(self) -> dict[str, Any]:
        """Ask for what the carrier needs; what it does not need is not kept."""
        cleaned = super().clean() or {}
        if cleaned.get("carrier") in PLACELESS:
            return cleaned | {"postcode": "", "place": ""}
        if "postcode" not in self.errors and not is_postcode(cleaned.get("postcode", "")):
            self.add_error("postcode", _("A postcode has six digits, for example 440000."))
        if "place" not in self.errors and not visible(cleaned.get("place", "")):
            self.add_error("place", _("Write where to send it."))
        return cleaned
