"""The draft of a campaign as JSON: what a program saves and what it reads, typed on the site or sent by a program."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from rest_framework import serializers

from api.v1.fields import NO_BOOLEAN, StrictCharField, StrictIntegerField
from campaigns.drafting.forms import DEAREST_KOPECKS, MOST_LINES, line_words
from campaigns.models import Campaign
from fund.money import NotMoneyError, parse_roubles, to_decimal_text

if TYPE_CHECKING:
    from campaigns.drafting.terms import Words

TEXTS = ("title", "summary", "story", "theme")
DAYS = ("deadline", "delivery_due_date")
DISTRICTS = tuple(Campaign.District.values)  # named in the schema
CHOICES = {"district": DISTRICTS, "funding": tuple(Campaign.Funding.values)}
LAST_DAY = "The last day; it counts whole, in Moscow."


class LineSerializer(serializers.Serializer[dict[str, Any]]):
    """One thing that the money is for; the essential ones make the minimum, all together the goal."""

    title = StrictCharField(max_length=120, allow_blank=True)
    note = StrictCharField(max_length=300, allow_blank=True, default="")
    amount_kopecks = StrictIntegerField(
        min_value=1, max_value=DEAREST_KOPECKS, allow_null=True, help_text="Null while nobody knows it."
    )
    is_essential = serializers.BooleanField(default=True, error_messages=NO_BOOLEAN)


class WordsSerializer(serializers.Serializer[dict[str, Any]]):
    """A draft to be kept, whole or not; nothing incomplete is handed in."""

    title = StrictCharField(max_length=120, allow_blank=True)
    summary = StrictCharField(max_length=300, allow_blank=True)
    story = StrictCharField(max_length=20_000, allow_blank=True, default="", help_text="Markdown, a safe subset.")
    theme = StrictCharField(max_length=60, allow_blank=True, default="")
    district = serializers.ChoiceField(DISTRICTS, allow_blank=True, default="", help_text="Empty: the whole city.")
    funding = serializers.ChoiceField(CHOICES["funding"], allow_blank=True, default="")
    deadline = serializers.DateField(allow_null=True, default=None, help_text=LAST_DAY)
    delivery_due_date = serializers.DateField(allow_null=True, default=None)
    budget = LineSerializer(many=True, default=list, max_length=MOST_LINES)  # type: ignore[call-arg]  # of the list


class SavedWordsSerializer(WordsSerializer):
    """A draft to be kept; ``version`` is the one that it was made from."""

    version = StrictIntegerField(min_value=0, max_value=2**31 - 1)


class DraftLineSerializer(serializers.Serializer[dict[str, Any]]):
    """One thing that the money is for, as it was typed."""

    title = serializers.CharField()
    note = serializers.CharField()
    amount_kopecks = serializers.IntegerField(allow_null=True, help_text="Null where no sum was typed.")
    is_essential = serializers.BooleanField()


class DraftSerializer(serializers.Serializer[dict[str, Any]]):
    """The draft as it stands, in the words that saving takes; what was typed on the site may be longer than it takes.

    Of a campaign that donors know it says what was handed in; what was amended since stands on its public page.
    """

    title = serializers.CharField()
    summary = serializers.CharField()
    story = serializers.CharField()
    theme = serializers.CharField()
    district = serializers.ChoiceField(DISTRICTS, allow_blank=True)
    funding = serializers.ChoiceField(CHOICES["funding"], allow_blank=True)
    deadline = serializers.DateField(allow_null=True, help_text=LAST_DAY)
    delivery_due_date = serializers.DateField(allow_null=True)
    budget = DraftLineSerializer(many=True)


def typed(found: dict[str, Any]) -> Words:
    """Return the words that the site's form would hold, so that one form checks both."""
    words = {name: found[name] for name in (*TEXTS, *CHOICES)}
    words |= {name: found[name].isoformat() if found[name] else "" for name in DAYS}
    return words | typed_budget(found["budget"])


def typed_budget(budget: list[dict[str, Any]]) -> Words:
    """Return a budget in the words of the site's form."""
    words = {"lines-TOTAL_FORMS": str(len(budget)), "lines-INITIAL_FORMS": "0"}
    for number, line in enumerate(budget):
        words |= {
            f"lines-{number}-title": line["title"],
            f"lines-{number}-note": line["note"],
            f"lines-{number}-amount": typed_sum(line["amount_kopecks"]),
        } | ({f"lines-{number}-is_essential": "on"} if line["is_essential"] else {})
    return words


def typed_sum(kopecks: int | None) -> str:
    """Return a sum as people type it; nothing where there is none."""
    return "" if kopecks is None else to_decimal_text(kopecks).replace(".", ",")


def told(words: Words) -> dict[str, object]:
    """Return a draft as it stands, in the words that saving takes; a day or a sum that is none is null."""
    found: dict[str, object] = {name: words.get(name, "") for name in TEXTS}
    found |= {name: words.get(name) if words.get(name) in known else "" for name, known in CHOICES.items()}
    found |= {name: _day(words.get(name, "")) for name in DAYS}
    return found | {"budget": [_line(line) for line in line_words(words)]}


def _line(line: Words) -> dict[str, object]:
    return {
        "title": line["title"],
        "note": line["note"],
        "amount_kopecks": _sum(line["amount"]),
        "is_essential": bool(line["is_essential"]),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _sum(text: str) -> int | None:
    try:
        return parse_roubles(text)
    except NotMoneyError:
        return None
