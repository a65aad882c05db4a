"""The form of a picture: the file by its content, words for who can't see it, the cover's frame by numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.drafting import imaging
from campaigns.drafting.imaging import Crop
from campaigns.models import CampaignPicture
from people.names import visible

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

REFUSALS: dict[type[imaging.PictureError], _StrPromise] = {
    imaging.TooHeavyError: _("The file is larger than 8 MB: save it smaller and send it again."),
    imaging.TooManyPixelsError: _(
        "The picture has more than 32 million pixels: make it smaller, 1600 across are enough, and send it again."
    ),
    imaging.TooSmallError: _("The picture is smaller than 200 pixels: it would look broken."),
    imaging.NotAPictureError: _("This is no picture that we take: send JPEG, PNG or WebP."),
}
STEP = {"type": "range", "data-crop": ""}


def _per_cent(label: _StrPromise, initial: int, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, initial=initial, min_value=least, max_value=most, required=False, widget=forms.NumberInput(STEP)
    )


class PictureForm(forms.Form):
    """A picture to be sent."""

    kind = forms.ChoiceField(label=_("Where it is shown"))
    picture = forms.FileField(
        label=_("Picture"),
        help_text=_("JPEG, PNG or WebP up to 8 MB. The place and the day that a camera writes into it are removed."),
        widget=forms.ClearableFileInput({"accept": "image/jpeg,image/png,image/webp", "data-picture": ""}),
    )
    alt = forms.CharField(
        label=_("What is to be seen on it"),
        help_text=_("For those who can't see it: «Children plant a lime tree beside the school»."),
        max_length=200,
    )
    focus_x = _per_cent(_("Cover: what matters lies so far from the left, %"), 50, 0, 100)
    focus_y = _per_cent(_("Cover: and so far from the top, %"), 50, 0, 100)
    zoom = _per_cent(_("Cover: nearer, %"), 100, 100, 300)

    def __init__(self, *args: Any, is_report: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [one for one in CampaignPicture.Kind.choices if (one[0] == CampaignPicture.Kind.REPORT) == is_report]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]  # it is a field of choices

    def clean_picture(self) -> Any:
        """Refuse what is no picture by its content, whatever its name says; no pixel is decoded."""
        try:
            imaging.check_picture(self.cleaned_data["picture"].file)
        except imaging.PictureError as error:
            raise forms.ValidationError(REFUSALS[type(error)]) from error
        return self.cleaned_data["picture"]

    def clean_alt(self) -> str:
        """Leave what can be seen."""
        seen = visible(self.cleaned_data["alt"])
        if not seen:
            raise forms.ValidationError(self.fields["alt"].error_messages["required"], code="required")
        return seen

    def crop(self) -> Crop:
        """Return the cover's frame; the middle of the picture where nothing was chosen."""
        found = self.cleaned_data
        x, y = (50 if found.get(name) is None else found[name] for name in ("focus_x", "focus_y"))
        return Crop(x, y, found.get("zoom") or 100)
