"""What people write about projects; checks shape, writes nothing."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.models import HiddenName, NewsKind
from campaigns.models.telling import (
    ANSWER_LENGTH,
    COMMENT_LENGTH,
    NAME_LENGTH,
    QUESTION_LENGTH,
    TITLE_LENGTH,
    UPDATE_LENGTH,
)
from campaigns.telling.questions import Words
from people.emails import refuse_look_alike
from people.fields import LineField, LinesField
from people.names import visible


class TrapForm(forms.Form):
    """A form with a field that no person sees: what fills it in is a machine, which is told that all went well."""

    website = forms.CharField(
        required=False,
        label=_("Leave this empty"),
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def is_trapped(self) -> bool:
        """Return whether a machine filled the form in."""
        return bool(self.data.get("website"))


class KeyForm(forms.Form):
    """A form with a one-time key, so that pressed twice it is sent once."""

    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid4

    def request_key(self) -> str:
        """Return the form's key."""
        key: UUID = self.cleaned_data["key"]
        return f"form:{key}"


class UpdateForm(KeyForm):
    """An update: a title, and words in the safe subset of Markdown."""

    title = LineField(label=_("Headline"), max_length=TITLE_LENGTH)
    body = LinesField(
        label=_("What is new"),
        rows=14,
        max_length=UPDATE_LENGTH,
        help_text=_("**bold**, *italic*, [words](https://address), lists with «-», headings with «##»."),
    )


class AnswerForm(forms.Form):
    """The organiser's answer."""

    answer = LinesField(label=_("Your answer"), rows=5, max_length=ANSWER_LENGTH)


class NamedForm(TrapForm, KeyForm):
    """Words with a name that is shown only where its owner agrees."""

    public_name = forms.CharField(
        label=_("Name to show, if you wish"), max_length=NAME_LENGTH, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    public_name_consent = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = _("I agree that <a href='{}' target='_blank' rel='noopener'>my name is shown</a> on the project's page.")
        address = reverse("pages:legal", kwargs={"kind": "public_name"})
        self.fields["public_name_consent"].label = format_html(str(text), address)

    def clean_public_name(self) -> str:
        """Leave what can be seen."""
        return visible(self.cleaned_data["public_name"])

    def clean(self) -> dict[str, Any]:
        """Show no name without its consent."""
        cleaned = super().clean() or {}
        if cleaned.get("public_name") and not cleaned.get("public_name_consent"):
            self.add_error("public_name_consent", _("To show the name we need this consent; or leave the name empty."))
        return cleaned

    def words(self) -> Words:
        """Return what the valid form holds."""
        found = self.cleaned_data
        return Words(text=found["text"], key=self.request_key(), public_name=found["public_name"])


class CommentForm(NamedForm):
    """A comment."""

    text = LinesField(label=_("Your comment"), rows=5, max_length=COMMENT_LENGTH)
    field_order = ("text", "public_name", "public_name_consent")


class EmailForm(TrapForm):
    """An e-mail of one's own, with the consent to keep it."""

    email = forms.EmailField(
        label=_("E-mail"), validators=[refuse_look_alike],
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
    )  # fmt: skip
    personal_data = forms.BooleanField(
        error_messages={"required": _("Without this consent we can't keep your e-mail, so we can't write to you.")}
    )

    def __init__(self, *args: Any, is_known: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_known:  # signed in, with an e-mail that has answered
            del self.fields["email"], self.fields["personal_data"]
            return
        text = _("I agree to the <a href='{}' target='_blank' rel='noopener'>processing of my personal data</a>.")
        address = reverse("pages:legal", kwargs={"kind": "personal_data"})
        self.fields["personal_data"].label = format_html(str(text), address)


class QuestionForm(EmailForm, NamedForm):
    """A question to the organiser; who is not signed in gives an e-mail, where the answer comes too."""

    text = LinesField(label=_("Your question"), rows=4, max_length=QUESTION_LENGTH)
    field_order = ("text", "email", "personal_data", "public_name", "public_name_consent")


class ReasonForm(forms.Form):
    """What is wrong with somebody's words."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"), choices=HiddenName.Reason.choices, widget=forms.RadioSelect
    )


class ComplaintForm(ReasonForm, TrapForm):
    """A reader's word that a comment breaks the rules."""


class KindsForm(forms.Form):
    """Which letters come, and which projects are not followed any more."""

    wanted = forms.MultipleChoiceField(choices=NewsKind.choices, required=False)
    left = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, follows: list[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["left"].choices = [(key, key) for key in follows]  # type: ignore[attr-defined]  # a choice field
