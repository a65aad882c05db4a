"""What the staff may ask of payments. Forms check shape and never write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fund.ledger.forms import RoublesField
from fund.ledger.selectors import projects
from fund.money import Kopecks, format_roubles
from fund.payments.models import Payment, Refund
from fund.payments.selectors import PaymentFilter
from people.services.acts import PERSONAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fund.ledger.selectors import Project

LEAST_KOPECKS = 100
MOST_KOPECKS = 100_000_000_00
DOCUMENT_NUMBER = r"^[0-9A-Za-zА-Яа-яЁё№/. -]{1,20}$"
STAFF_REASONS = (Refund.Reason.DONOR_REQUEST, Refund.Reason.MISTAKE)


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class PaymentsForm(forms.Form):
    """Which payments, and from where on."""

    text = forms.CharField(
        label=gettext_lazy("Number"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("Of the gift or order, of the entry in the books, or ЮKassa's own."),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False, choices=[("", gettext_lazy("Any")), *Payment.State.choices]
    )
    amount = RoublesField(label=gettext_lazy("Sum, ₽"), required=False, max_length=30)
    subject = forms.SlugField(label=gettext_lazy("Project"), required=False, max_length=80, widget=forms.Select)
    since = _day(gettext_lazy("From"))
    until = _day(gettext_lazy("To"))
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, known: Sequence[Project] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {"": _("All projects")} | {found.subject: found.name for found in known or projects()}
        self.fields["subject"].widget.choices = list(choices.items())

    def wanted(self) -> PaymentFilter:
        """Return the filter that the valid form describes."""
        found = self.cleaned_data
        return PaymentFilter(
            found["text"].strip(), found["state"], found["amount"], found["since"], found["until"], found["subject"]
        )


class RefundForm(forms.Form):
    """How much goes back, and why."""

    amount = RoublesField(label=gettext_lazy("Sum, ₽"), max_length=30, widget=forms.TextInput({"inputmode": "decimal"}))
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=[(reason.value, reason.label) for reason in STAFF_REASONS]
    )
    note = forms.CharField(
        label=gettext_lazy("Note for colleagues"),
        required=False,
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "Seen by staff alone; it never reaches the books. Names and addresses don't belong here."
        ),
    )
    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("invalid", "required"), gettext_lazy("The form is incomplete: open it anew.")),
    )

    def __init__(self, *args: Any, most: Kopecks | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def clean_amount(self) -> Kopecks:
        """Refuse a sum that can't go back; with ``most`` None that is left to the service."""
        amount: Kopecks = self.cleaned_data["amount"]
        if amount < LEAST_KOPECKS:
            raise forms.ValidationError(_("ЮKassa refunds no less than a rouble."))
        if self.most is not None and amount > self.most:
            raise forms.ValidationError(_("At most %(sum)s can go back.") % {"sum": format_roubles(self.most)})
        return amount


class PaperForm(forms.Form):
    """A paper about the fund's money; its key lets it be written down once."""

    key = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("invalid", "required"), gettext_lazy("The form is incomplete: open it anew.")),
    )

    def said(self) -> dict[str, Any]:
        """Return what the valid form says, as the service that writes the paper down takes it."""
        return {"request_key": self.cleaned_data["key"].hex}


class SumForm(PaperForm):
    """A paper for a sum that the form asks for."""

    amount = RoublesField(label=gettext_lazy("Sum, ₽"), max_length=30, widget=forms.TextInput({"inputmode": "decimal"}))

    def clean_amount(self) -> Kopecks:
        """Refuse a sum that is none, or that no bank moves at once."""
        amount: Kopecks = self.cleaned_data["amount"]
        if not 0 < amount <= MOST_KOPECKS:
            raise forms.ValidationError(
                _("The sum may be from a kopeck to %(most)s.") % {"most": format_roubles(MOST_KOPECKS)}
            )
        return amount

    def said(self) -> dict[str, Any]:
        """Return the sum too."""
        return super().said() | {"amount_kopecks": self.cleaned_data["amount"]}


class OrderForm(PaperForm):
    """A payment order of the bank."""

    number = forms.IntegerField(label=gettext_lazy("Number of the payment order"), min_value=1, max_value=999_999)
    date = forms.DateField(
        label=gettext_lazy("Date of the payment order"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def said(self) -> dict[str, Any]:
        """Return number and date too."""
        return super().said() | {
            "order_number": self.cleaned_data["number"],
            "order_date": self.cleaned_data["date"],
        }


class OrderSumForm(SumForm, OrderForm):
    """A payment order of the bank for a sum that the form asks for."""

    field_order = ("amount", "number", "date")


class ExpenseForm(SumForm):
    """A supplier's act or invoice for a project; what it is for is read by everybody."""

    line = forms.ChoiceField(label=gettext_lazy("Line of the budget"))
    words = forms.CharField(
        label=gettext_lazy("What for"),
        max_length=200,
        help_text=gettext_lazy("Everybody reads it on the project's page: no names, addresses or telephone numbers."),
    )
    number = forms.RegexField(
        DOCUMENT_NUMBER,
        label=gettext_lazy("Number of the act or invoice"),
        max_length=20,
        error_messages={"invalid": gettext_lazy("Letters, digits, spaces and № / . - only.")},
    )
    date = forms.DateField(
        label=gettext_lazy("Date of the act or invoice"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = ("line", "words", "amount", "number", "date")

    def __init__(self, *args: Any, lines: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["line"]
        chosen.choices = [(line, line) for line in dict.fromkeys(lines)]

    def clean_words(self) -> str:
        """Refuse an e-mail or a telephone number, and bring the words into one line."""
        words = " ".join(str(self.cleaned_data["words"]).split())
        if PERSONAL.search(words):
            raise forms.ValidationError(_("Everybody would read the address or telephone number that is in it."))
        return words

    def said(self) -> dict[str, Any]:
        """Return what it is for, and the act's number and date too."""
        found = self.cleaned_data
        of_the_act = {"act_number": found["number"], "act_date": found["date"]}
        return super().said() | {"line": found["line"], "words": found["words"]} | of_the_act


class SeenForm(PaperForm):
    """What ЮKassa's cabinet shows of a refund that it does not have."""

    note = forms.CharField(
        label=gettext_lazy("What ЮKassa's cabinet shows"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy(
            "Which payment you opened, on which days you looked, what refunds of it stand there. No names or addresses."
        ),
    )


class AnswerForm(forms.Form):
    """Why a proposal is rejected."""

    answer = forms.CharField(
        label=gettext_lazy("What to tell who asked"), max_length=300, widget=forms.Textarea({"rows": 3})
    )


class CloseAlarmForm(forms.Form):
    """Why an alarm is closed."""

    reason = forms.CharField(
        label=gettext_lazy("What was found and done"), max_length=300, widget=forms.Textarea({"rows": 3})
    )
