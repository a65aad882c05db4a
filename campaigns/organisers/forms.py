"""What an applicant fills in, a step at a time; checks shape and control digits, writes nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.models import Organiser, Requisites
from campaigns.organisers import numbers
from campaigns.organisers.applying import AGREED, Account
from communities.models import Community
from people.names import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from people.models import LegalText

LONGEST_NUMBER = 40  # with the blanks that people write


class WhoForm(forms.Form):
    """Who applies."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Who runs the projects"), choices=Organiser.Kind.choices, widget=forms.RadioSelect
    )
    community = forms.ModelChoiceField(
        label=gettext_lazy("Community of the directory"),
        help_text=gettext_lazy("If yours is not there, leave this and write its name below."),
        queryset=Community.objects.none(),
        empty_label=gettext_lazy("not in the directory"),
        required=False,
    )
    name = forms.CharField(
        label=gettext_lazy("Name, as everybody will read it"),
        help_text=gettext_lazy("Of the community, or your own. Not needed where the community was chosen above."),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    about = forms.CharField(
        label=gettext_lazy("About you"),
        help_text=gettext_lazy("A few sentences for donors: what you have done, who is with you. Up to 1,000 signs."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = Community.objects.filter(organiser__isnull=True).order_by("name", "pk")
        self.fields["community"].queryset = free  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """Leave what can be seen."""
        return visible(self.cleaned_data["name"])

    def clean_about(self) -> str:
        """Leave what can be seen, line by line."""
        lines = (visible(line) for line in self.cleaned_data["about"].splitlines())
        found = "\n".join(line for line in lines if line)
        if not found:
            raise forms.ValidationError(_("Say in a few words who you are."), code="required")
        return found

    def clean(self) -> dict[str, Any]:
        """Let a person have a name, and a community one of its own or the directory's."""
        cleaned = super().clean() or {}
        if cleaned.get("kind") == Organiser.Kind.PERSON:
            cleaned["community"] = None
        if "community" in cleaned and "name" in cleaned and not cleaned["community"] and not cleaned["name"]:
            self.add_error("name", _("Write the name: donors want to know who asks."))
        return cleaned


class RequisitesForm(forms.Form):
    """Where money may go; what an organisation alone has is not asked of a person."""

    name = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    inn = forms.CharField(label=gettext_lazy("INN"), max_length=LONGEST_NUMBER)
    kpp = forms.CharField(label=gettext_lazy("KPP"), help_text=gettext_lazy("Nine signs."), max_length=LONGEST_NUMBER)
    ogrn = forms.CharField(
        label=gettext_lazy("OGRN"), help_text=gettext_lazy("Thirteen digits."), max_length=LONGEST_NUMBER
    )
    bic = forms.CharField(
        label=gettext_lazy("BIC of the bank"),
        help_text=gettext_lazy("Nine digits, the first two are 04."),
        max_length=LONGEST_NUMBER,
    )
    account = forms.CharField(
        label=gettext_lazy("Account"),
        help_text=gettext_lazy("Twenty digits: the account's number, not the card's."),
        max_length=LONGEST_NUMBER,
    )
    bank = forms.CharField(label=gettext_lazy("Name of the bank"), max_length=200)

    def __init__(self, *args: Any, holder: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.holder = holder
        is_person = holder == Requisites.Holder.PERSON
        if is_person:
            del self.fields["kpp"], self.fields["ogrn"]
        self.digits = numbers.PERSON_INN if is_person else numbers.ORGANISATION_INN
        self.fields["name"].label = (
            _("Surname, name and patronymic") if is_person else _("Full name of the organisation")
        )
        self.fields["inn"].help_text = _("Twelve digits.") if is_person else _("Ten digits.")
        for name in ("inn", "ogrn", "bic", "account"):
            if name in self.fields:
                self.fields[name].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def clean_name(self) -> str:
        """Leave what can be seen."""
        return self._words("name")

    def clean_bank(self) -> str:
        """Leave what can be seen."""
        return self._words("bank")

    def clean_inn(self) -> str:
        """Return the ИНН."""
        return self._number("inn", lambda number: numbers.check_inn(number, digits=self.digits), str(_INN[self.digits]))

    def clean_kpp(self) -> str:
        """Return the КПП."""
        return self._number(
            "kpp", numbers.check_kpp, _("A KPP has nine signs: four digits, two digits or letters, three digits.")
        )

    def clean_ogrn(self) -> str:
        """Return the ОГРН."""
        return self._number(
            "ogrn", numbers.check_ogrn, _("An OGRN has thirteen digits. Look it up in the certificate.")
        )

    def clean_bic(self) -> str:
        """Return the БИК."""
        return self._number("bic", numbers.check_bic, _("A BIC has nine digits and begins with 04."))

    def clean_account(self) -> str:
        """Return the account; whether it fits the bank is seen only with a good БИК."""
        number = numbers.plain(self.cleaned_data["account"])
        bic = self.cleaned_data.get("bic", "")
        try:
            numbers.check_account(number, bic=bic or "000000000")
        except numbers.ShapeError:
            raise forms.ValidationError(_("An account has twenty digits."), code="shape") from None
        except numbers.CurrencyError:
            raise forms.ValidationError(
                _("This account is not in roubles: its sixth to eighth digits must be 810."), code="currency"
            ) from None
        except numbers.ControlDigitError:
            if bic:
                raise forms.ValidationError(
                    _("This account does not fit the bank's BIC. Look at both: a digit is wrong in one of them."),
                    code="key",
                ) from None
        return number

    def account_told(self) -> Account:
        """Return the account that the valid form describes."""
        return Account(holder=self.holder, **self.cleaned_data)

    def _words(self, name: str) -> str:
        found = visible(self.cleaned_data[name])
        if not found:
            raise forms.ValidationError(_("Write it in letters that can be seen."), code="required")
        return found

    def _number(self, name: str, check: Callable[[str], None], shape: str) -> str:
        number = numbers.plain(self.cleaned_data[name])
        try:
            check(number)
        except numbers.ShapeError:
            raise forms.ValidationError(shape, code="shape") from None
        except numbers.ControlDigitError:
            raise forms.ValidationError(
                _("The control digit does not fit: two digits may have changed places. Compare it with the document."),
                code="control",
            ) from None
        return number


class PaperForm(forms.Form):
    """A paper to show."""

    paper = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, JPEG or PNG, up to 8 MB."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )


class AgreementForm(forms.Form):
    """What is agreed to, in the versions that were shown."""

    def __init__(self, *args: Any, texts: Mapping[str, LegalText], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "organiser": _("I accept the <a href='{}' target='_blank' rel='noopener'>agreement with an organiser</a>."),
            "organiser_data": _(
                "I agree to the <a href='{}' target='_blank' rel='noopener'>processing of my personal data</a> "
                "and that the organiser's name is shown."
            ),
        }
        for kind in AGREED:
            address = reverse("pages:legal_version", kwargs={"kind": kind.value, "version": texts[kind].version})
            self.fields[kind.value] = forms.BooleanField(
                label=format_html(labels[kind.value], address),
                error_messages={"required": _("Without this we can't take the application.")},
            )
            self.fields[f"{kind.value}_sha256"] = forms.CharField(
                initial=texts[kind].sha256, max_length=64, required=False, widget=forms.HiddenInput
            )

    def seen(self) -> dict[str, str]:
        """Return the hash of each text that was shown."""
        return {kind.value: self.cleaned_data[f"{kind.value}_sha256"] for kind in AGREED}


_INN = {
    numbers.ORGANISATION_INN: gettext_lazy("An organisation's INN has ten digits."),
    numbers.PERSON_INN: gettext_lazy("A person's INN has twelve digits."),
}
