"""What a visitor of the shop writes; checks shape, writes nothing."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.telling.forms import EmailForm


class WaitForm(EmailForm):
    """The e-mail of who wants to be told, with the consent to keep it until then."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = _(
            "I agree to the <a href='{}' target='_blank' rel='noopener'>processing of my personal data</a> and have"
            " read the <a href='{}' target='_blank' rel='noopener'>privacy policy</a>."
        )
        kinds = ("personal_data", "privacy_policy")
        addresses = [reverse("pages:legal", kwargs={"kind": kind}) for kind in kinds]
        self.fields["personal_data"].label = format_html(str(text), *addresses)
