"""Forms about people; they check shape and never write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget

from people.models import User
from people.roles import ROLES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


def _choices() -> list[tuple[str, str]]:
    return sorted(((role.name, role.title) for role in ROLES.values()), key=lambda choice: choice[1])


class GrantRoleForm(forms.Form):
    """Whom to give which role."""

    email = forms.EmailField(label=gettext_lazy("E-mail"), widget=UnfoldAdminEmailInputWidget)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=_choices, widget=UnfoldAdminSelectWidget)
    error_unknown: _StrPromise = gettext_lazy("Nobody with this e-mail has an account: the person signs up first.")

    def clean_email(self) -> User:
        """Return who has the e-mail."""
        email = self.cleaned_data["email"].lower()
        known = User.objects.filter(email=email, is_active=True)
        # Anybody may sign up with this address; only its owner proves it.
        found = known.filter(emailaddress__verified=True, emailaddress__email=email).first()
        if found is None:
            raise forms.ValidationError(self.error_unknown)
        return found


def sentence(error: Exception) -> str:
    """Return what to tell the person about a role that was refused."""
    from people.services import LastAdministratorError, OwnRoleError, RolesApartError

    if isinstance(error, OwnRoleError):
        return _("Nobody gives a role to themselves: ask another administrator.")
    if isinstance(error, RolesApartError):
        return _("This person holds a role that does not go together with it: take that one back first.")
    if isinstance(error, LastAdministratorError):
        return _("This is the last administrator: make another one first.")
    return _("There is no such role.")
