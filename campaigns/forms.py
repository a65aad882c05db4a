"""What a donor fills in; checks shape, writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.services import Gift
from fund.forms import AmountField, KeyedForm, gift_refusal
from fund.money import Kopecks, format_roubles, to_decimal_text
from people.emails import refuse_look_alike
from people.names import visible

if TYPE_CHECKING:
    from campaigns.models import Donation

PRESETS_KOPECKS = (300_00, 500_00, 1_000_00, 3_000_00)


def first_words(donation: Donation) -> dict[str, object]:
    """Return what a donor need not write once more after a gift that did not go through."""
    roubles = to_decimal_text(donation.amount_kopecks).replace(".", ",").removesuffix(",00")
    is_preset = donation.amount_kopecks in PRESETS_KOPECKS
    found = {"message": donation.message, "is_kept_if_late": donation.is_kept_if_late}
    found |= {"how": "monthly" if donation.charge_id else "once"}
    if donation.donor:
        found |= {"email": donation.donor.email, "public_name": donation.donor.public_name}
    return found | ({"preset": str(donation.amount_kopecks)} if is_preset else {"amount": roubles})


class DonationForm(KeyedForm):
    """A gift to one campaign."""

    preset = forms.TypedChoiceField(
        label=_("Sum"),
        choices=[(str(kopecks), format_roubles(kopecks)) for kopecks in PRESETS_KOPECKS],
        widget=forms.RadioSelect,
        coerce=int,
        empty_value=None,
        required=False,
    )
    amount = AmountField(
        label=_("Another sum"),
        required=False,
        widget=forms.TextInput(attrs={"maxlength": 20, "inputmode": "decimal", "data-own-amount": ""}),
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send the receipt there, and nothing else."),
        max_length=254,
        validators=[refuse_look_alike],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    public_name = forms.CharField(
        label=_("Name for the project's page"),
        help_text=_("Leave it empty to stay anonymous."),
        max_length=100,
        required=False,
    )
    public_name_consent = forms.BooleanField(required=False)
    how = forms.ChoiceField(
        label=_("How often"),
        choices=[("monthly", _("Each month")), ("once", _("Once"))],
        widget=forms.RadioSelect,
        required=False,
    )
    recurring = forms.BooleanField(required=False)
    message = forms.CharField(
        label=_("A word to the project"),
        help_text=_("The project's author reads it; the site does not show it."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    is_kept_if_late = forms.BooleanField(
        label=_("If the money comes after the campaign has closed, keep it for the fund's common goals."),
        required=False,
    )
    offer = forms.BooleanField(error_messages={"required": _("Without the offer accepted we can't take the gift.")})
    personal_data = forms.BooleanField(
        error_messages={"required": _("Without this consent we can't send the receipt, so we can't take the gift.")}
    )

    def __init__(
        self, *args: Any, is_owed: bool = False, is_fee_kept: bool = False, monthly: str = "", **kwargs: Any
    ) -> None:
        """Offer what the campaign takes; ``monthly`` is what is chosen at first where both are offered."""
        super().__init__(*args, **kwargs)
        if monthly:
            self.fields["how"].initial = self.initial.get("how", monthly)
            self.fields["email"].help_text = _("We send the receipt there, and word before each monthly charge.")
        else:
            del self.fields["how"], self.fields["recurring"]
        if is_owed:
            self.fields["is_kept_if_late"].label = _(
                "If the minimum is not met, or the money comes late, keep it for the fund's common goals; "
                "otherwise it goes back to me whole."
            )
        if is_fee_kept:
            self.fields["is_kept_if_late"].label = _(
                "If the minimum is not met, or the money comes late, keep it for the fund's common goals; "
                "otherwise it goes back to me."
            )
        texts = {
            "offer": _("I accept the <a href='{}' target='_blank' rel='noopener'>offer</a>."),
            "personal_data": _(
                "I agree to the <a href='{}' target='_blank' rel='noopener'>processing of my personal data</a>."
            ),
            "public_name_consent": _(
                "I agree that <a href='{}' target='_blank' rel='noopener'>my name is shown</a> on the project's page."
            ),
            "recurring": _(
                "For a gift each month: I agree to its <a href='{}' target='_blank' rel='noopener'>terms</a>, and that "
                "the sum is charged each month until I stop it."
            ),
        }
        kinds = {"public_name_consent": "public_name"}
        for name, text in texts.items():
            if name not in self.fields:
                continue
            address = reverse("pages:legal", kwargs={"kind": kinds.get(name, name)})
            self.fields[name].label = format_html(str(text), address)

    def clean_public_name(self) -> str:
        """Leave what can be seen."""
        return visible(self.cleaned_data["public_name"])

    def clean(self) -> dict[str, Any]:
        """Settle which sum counts, and that it lies within the limits."""
        cleaned = super().clean() or {}
        if "amount" not in self.errors:
            self._clean_amount(cleaned)
        if cleaned.get("public_name") and not cleaned.get("public_name_consent"):
            self.add_error("public_name_consent", _("To show the name we need this consent; or leave the name empty."))
        if cleaned.get("how") == "monthly" and not cleaned.get("recurring"):
            self.add_error("recurring", _("A gift each month needs this consent; or choose to give once."))
        return cleaned

    def _clean_amount(self, cleaned: dict[str, Any]) -> None:
        amount = cleaned.get("amount") if cleaned.get("amount") is not None else cleaned.get("preset")
        if amount is None:
            self.add_error("amount", _("Choose a sum or write your own."))
        elif refusal := gift_refusal(amount):
            self.add_error("amount", refusal)
        cleaned["amount_kopecks"] = amount

    def gift(self) -> Gift:
        """Return the gift that the valid form describes."""
        found = self.cleaned_data
        return Gift(
            amount_kopecks=Kopecks(found["amount_kopecks"]),
            email=found["email"],
            public_name=found["public_name"],
            message=found["message"],
            is_kept_if_late=found["is_kept_if_late"],
            is_monthly=found.get("how") == "monthly",
        )
