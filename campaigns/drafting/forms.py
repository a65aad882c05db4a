"""The form of a campaign and its budget; checks shape, writes nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.drafting.terms import WITH_DEADLINE, Line, Terms, Words, end_of
from campaigns.markdown import LONGEST_TEXT
from campaigns.models import Campaign
from campaigns.models.campaigns import THEMES
from fund.ledger.forms import RoublesField
from fund.money import Kopecks
from people.fields import LineField, LinesField

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

Funding = Campaign.Funding
MOST_LINES = 40
LINE_TEXTS = ("title", "note", "amount")  # without one of them a line is empty, ticked or not
LONGEST_DAYS, DELIVERY_DAYS = 365, 1095
DEAREST_KOPECKS = Kopecks(100_000_000_00)  # of one line: a hundred million roubles
KNOWN = re.compile(
    r"title|summary|story|theme|district|funding|deadline|delivery_due_date|lines-(TOTAL|INITIAL)_FORMS|"
    r"lines-[0-9]{1,2}-(title|note|amount|is_essential)"
)
LONGEST_WORDS = {"story": 30_000}  # what is too long for a story is kept in the draft all the same, and said
DATE = {"type": "date"}
MODELS = {
    Funding.ALL_OR_NOTHING: gettext_lazy(
        "All or nothing: until the minimum is there, the money belongs to the donors. "
        "If it is not there by the deadline, every gift goes back by itself."
    ),
    Funding.FLEXIBLE: gettext_lazy(
        "Flexible: whatever comes in by the deadline is used. For what can be done in part, bench by bench."
    ),
    Funding.OPEN_ENDED: gettext_lazy(
        "Open-ended: no deadline. You end the collection yourself, when there is enough."
    ),
    Funding.MONTHLY: gettext_lazy(
        "Monthly: people give a little each month, for what is needed all the time. The budget is for a year."
    ),
}  # fmt: skip


def typed_words(data: Mapping[str, Any]) -> Words:
    """Return what of a request is the form's own, as it was typed; a text without end is cut."""
    return {
        name: str(data[name]).replace("\x00", "")[: LONGEST_WORDS.get(name, 2_000)]
        for name in data
        if KNOWN.fullmatch(name)
    }


class StartForm(forms.Form):
    """What a campaign begins with."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    title = LineField(
        label=gettext_lazy("What is the project called?"),
        help_text=gettext_lazy("Short, so that one knows at once what it is about: «Lamps for the embankment»."),
        max_length=120,
    )
    summary = LineField(
        label=gettext_lazy("In one sentence"),
        help_text=gettext_lazy("What there will be in the city when it is done."),
        max_length=300,
    )


class DraftForm(forms.Form):
    """All of a campaign but its budget and its pictures."""

    title = LineField(label=gettext_lazy("Title"), max_length=120)
    summary = LineField(
        label=gettext_lazy("In one sentence"),
        help_text=gettext_lazy("What there will be in the city when it is done."),
        max_length=300,
    )
    story = LinesField(
        label=gettext_lazy("Story"),
        help_text=gettext_lazy(
            "Who you are, what you will do and how, what may go wrong. A blank line begins a paragraph, ## a heading, "
            "- a list; **bold**, *slanted*, [words](https://address)."
        ),
        max_length=LONGEST_TEXT,
        rows=14,
    )
    theme = forms.ChoiceField(
        label=gettext_lazy("Theme"),
        choices=[("", gettext_lazy("Choose")), *((one, one) for one in THEMES)],
    )
    district = forms.ChoiceField(
        label=gettext_lazy("District"),
        choices=[("", gettext_lazy("The whole city")), *Campaign.District.choices],
        required=False,
    )
    funding = forms.ChoiceField(
        label=gettext_lazy("How the money is collected"), choices=list(MODELS.items()), widget=forms.RadioSelect
    )
    deadline = forms.DateField(
        label=gettext_lazy("Last day of the collection"),
        help_text=gettext_lazy("It counts whole, until midnight in Moscow. An open-ended collection has none."),
        required=False,
        widget=forms.DateInput(DATE, format="%Y-%m-%d"),
    )
    delivery_due_date = forms.DateField(
        label=gettext_lazy("It will be done by"),
        help_text=gettext_lazy("Everybody sees this day, and later whether it was kept."),
        widget=forms.DateInput(DATE, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean(self) -> dict[str, Any]:
        """Refuse days that do not follow each other: today, deadline, delivery."""
        cleaned = super().clean() or {}
        needs_deadline = cleaned.get("funding") in WITH_DEADLINE
        if not needs_deadline:
            cleaned["deadline"] = None
        elif "deadline" not in self.errors:
            self._clean_deadline(cleaned.get("deadline"))
        if "delivery_due_date" in cleaned:
            self._clean_delivery(cleaned["delivery_due_date"], cleaned.get("deadline"))
        return cleaned

    def _clean_deadline(self, day: date | None) -> None:
        today = timezone.localdate(self.now)
        if day is None:
            self.add_error("deadline", _("This way of collecting needs a last day."))
        elif day <= today:
            self.add_error("deadline", _("The deadline has passed: set another one."))
        elif day > today + timedelta(days=LONGEST_DAYS):
            self.add_error("deadline", _("A collection runs for a year at most."))

    def _clean_delivery(self, day: date, deadline: date | None) -> None:
        today = timezone.localdate(self.now)
        if day <= (deadline or today):
            self.add_error("delivery_due_date", _("The work is done after the collection, not before its end."))
        elif day > today + timedelta(days=DELIVERY_DAYS):
            self.add_error("delivery_due_date", _("A project is done within three years."))


class LineForm(forms.Form):
    """One line of the budget; an empty one is left out."""

    title = LineField(label=gettext_lazy("What for"), max_length=120)
    note = LineField(label=gettext_lazy("Note"), max_length=300, required=False)
    amount = RoublesField(
        label=gettext_lazy("Sum, ₽"), max_length=20, widget=forms.TextInput({"inputmode": "decimal", "data-amount": ""})
    )
    is_essential = forms.BooleanField(
        label=gettext_lazy("Can't do without"), required=False, widget=forms.CheckboxInput({"data-essential": ""})
    )

    def clean_amount(self) -> Kopecks | None:
        """Refuse what is no price."""
        amount: Kopecks | None = self.cleaned_data["amount"]
        if amount is not None and not 0 < amount <= DEAREST_KOPECKS:
            raise forms.ValidationError(_("The sum must be more than nought, and no more than a hundred million."))
        return amount

    def has_changed(self) -> bool:
        """Return whether anything but the tick stands in the line."""
        return any(str(self[name].value() or "").strip() for name in LINE_TEXTS)


class BaseLines(forms.BaseFormSet):  # type: ignore[type-arg]  # not subscriptable where it runs
    """The budget."""

    def clean(self) -> None:
        """Refuse a budget of nothing."""
        if not any(self.errors) and not self.lines():
            raise forms.ValidationError(_("Write what the money is for, at least one line."))

    def lines(self) -> tuple[Line, ...]:
        """Return the lines that are whole."""
        found = [form.cleaned_data for form in self.forms if form.has_changed() and form.is_valid()]
        return tuple(Line(one["title"], one["note"], Kopecks(one["amount"]), one["is_essential"]) for one in found)


LineSet = forms.formset_factory(
    LineForm, BaseLines, extra=0, max_num=MOST_LINES, absolute_max=MOST_LINES, validate_max=True
)


class CampaignForms:
    """The form and its budget together, filled with words that were typed now or before.

    :param is_checked: whether what is wrong is said beside each field.
    :param blank_lines: how many empty lines the budget ends with.
    """

    def __init__(self, words: Words, *, now: datetime, is_checked: bool = True, blank_lines: int = 0) -> None:
        self.main: DraftForm
        total = _filled_lines(words)
        if is_checked:
            whole = {"lines-TOTAL_FORMS": str(min(MOST_LINES, total + blank_lines)), "lines-INITIAL_FORMS": "0"}
            self.main = DraftForm(words | whole, now=now)
            self.lines: Any = LineSet(words | whole, prefix="lines")
        else:
            self.main = DraftForm(initial=words, now=now)
            self.lines = LineSet(initial=line_words(words), prefix="lines")
            self.lines.extra = blank_lines

    def is_valid(self) -> bool:
        """Return whether the campaign is whole."""
        is_main, is_lines = self.main.is_valid(), self.lines.is_valid()
        return is_main and is_lines and not self._lacks_essential()

    def terms(self) -> Terms | None:
        """Return the whole campaign; None where something is missing or wrong."""
        if not self.is_valid():
            return None
        found = self.main.cleaned_data
        return Terms(
            title=found["title"], summary=found["summary"], story=found["story"], theme=found["theme"],
            district=found["district"], funding=found["funding"], lines=self.lines.lines(),
            closes_at=end_of(found["deadline"]) if found["deadline"] else None,
            delivery_due_date=found["delivery_due_date"],
        )  # fmt: skip

    def heading(self) -> dict[str, str]:
        """Return title and sentence, each where it is right: lists show them long before the rest is."""
        self.main.is_valid()
        return {name: self.main.cleaned_data[name] for name in ("title", "summary") if name in self.main.cleaned_data}

    def missing(self) -> list[tuple[str, str]]:
        """Return what keeps the campaign from being handed in: a field's name as people read it, and what is wrong."""
        self.is_valid()
        labels = {name: str(field.label) for name, field in self.main.fields.items()}
        found = [(labels[name], str(text)) for name, texts in self.main.errors.items() for text in texts]
        budget = str(_("Budget"))
        for number, errors in enumerate(self.lines.errors, start=1):
            told = {text for texts in errors.values() for text in texts}
            found += [(_("Budget, line %(number)s") % {"number": number}, text) for text in sorted(told)]
        found += [(budget, str(text)) for text in self.lines.non_form_errors()]
        if self._lacks_essential():
            found.append((budget, _("Tick what the project can't do without: these lines make the minimum.")))
        return found

    def _lacks_essential(self) -> bool:
        if self.main.data.get("funding") != Funding.ALL_OR_NOTHING or not self.lines.is_valid():
            return False
        return not any(line.is_essential for line in self.lines.lines())


def line_words(words: Words) -> list[Words]:
    """Return the words of each line of the budget, up to the last one that holds anything."""
    return [_line_words(words, number) for number in range(_filled_lines(words))]


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) <= 2 else 0  # noqa: PLR2004 - two digits do


def _filled_lines(words: Words) -> int:
    """Return how many lines there are up to the last one that holds anything; empty ones behind it come anew."""
    every = range(min(MOST_LINES, _number(words.get("lines-TOTAL_FORMS"))))
    filled = [number for number in every if any(_line_words(words, number)[name].strip() for name in LINE_TEXTS)]
    return max(filled, default=-1) + 1


def _line_words(words: Words, number: int) -> Words:
    return {name: words.get(f"lines-{number}-{name}", "") for name in (*LINE_TEXTS, "is_essential")}
