"""Photos as the brand manager sends them: several at once, each taken by its content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.drafting.imaging import PictureError, check_picture
from campaigns.drafting.picture_forms import REFUSALS
from merch.photos import Shown
from people.fields import LineField

if TYPE_CHECKING:
    from collections.abc import Sequence

    from merch.models import Photo


class SeveralFiles(forms.ClearableFileInput):
    """A field of several files."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Photos, each looked at by its content, whatever its name says; no pixel is decoded."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the files.

        :raises ValidationError: with a sentence for each that is no picture that the site takes.
        """
        files = data if isinstance(data, list | tuple) else [data]
        found = [super(PhotosField, self).clean(one, initial) for one in files or [None]]
        errors = []
        for file in found:
            try:
                check_picture(file.file)
            except PictureError as error:
                errors.append(f"{file.name}: {REFUSALS[type(error)]}" if len(found) > 1 else str(REFUSALS[type(error)]))
        if errors:
            raise forms.ValidationError(errors)
        return found


class PhotosForm(forms.Form):
    """Photos to be sent."""

    photos = PhotosField(
        label=gettext_lazy("Photos"),
        help_text=gettext_lazy(
            "JPEG, PNG or WebP; up to five at once, 8 MB together. "
            "The place and the day that a camera writes into them are removed."
        ),
        widget=SeveralFiles({"accept": "image/jpeg,image/png,image/webp"}),
    )
    alt = LineField(
        label=gettext_lazy("What is to be seen on them"),
        help_text=gettext_lazy("For those who can't see it; each photo's own words can be written below."),
        max_length=200,
    )


class ArrangeForm(forms.Form):
    """Each photo's words and place."""

    def __init__(self, *args: Any, photos: Sequence[Photo], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.photos = photos
        for place, photo in enumerate(photos, start=1):
            self.fields[f"alt-{photo.pk}"] = LineField(label=_("What is to be seen"), max_length=200, initial=photo.alt)
            self.fields[f"place-{photo.pk}"] = forms.IntegerField(
                label=_("Place"), min_value=1, max_value=99, initial=place
            )

    def rows(self) -> list[dict[str, Any]]:
        """Return photos with their own fields, for the page."""
        return [{"photo": one, "alt": self[f"alt-{one.pk}"], "place": self[f"place-{one.pk}"]} for one in self.photos]

    def shown(self) -> dict[int, Shown]:
        """Return what the valid form says."""
        found = self.cleaned_data
        return {one.pk: Shown(found[f"alt-{one.pk}"], found[f"place-{one.pk}"]) for one in self.photos}
