"""What every address of one's own campaigns shares: who calls, whose it is, how a refusal is told."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, NotFound, PermissionDenied, ValidationError

from campaigns.managing import selectors
from campaigns.telling import selectors as telling
from people.models import ApiKey, User

if TYPE_CHECKING:
    from django.forms import BaseForm
    from rest_framework.request import Request

    from campaigns.models import Campaign


class Conflict(APIException):
    """409: the campaign is in another state, or was saved by somebody else meanwhile."""

    status_code = HTTPStatus.CONFLICT
    default_detail = _("The project's state does not lead there. Somebody may have done it before.")


def user_of(request: Request) -> User:
    """Return whose key came.

    :raises PermissionDenied: if it is nobody's.
    """
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def own(request: Request, slug: str) -> Campaign:
    """Return a campaign of whoever calls. One query.

    :raises NotFound: if there is none, or it is another's.
    """
    found = selectors.own_campaigns(user=user_of(request)).filter(slug=slug).first()
    if found is None:
        raise NotFound(_("There is no such campaign."))
    return found


def own_public(request: Request, slug: str) -> Campaign:
    """Return a launched campaign of whoever calls, while the fund vouches for them. One query.

    :raises NotFound: if there is none, or it is another's, as on the site.
    """
    found = telling.own_campaign(user=user_of(request), slug=slug)
    if found is None:
        raise NotFound(_("There is no such campaign."))
    return found


def require_public(request: Request) -> None:
    """Do nothing where the key may act before everybody's eyes.

    :raises PermissionDenied: otherwise.
    """
    if not (isinstance(request.auth, ApiKey) and request.auth.may_launch):
        raise PermissionDenied(_("This key may not act in public: make one that may, or do it on the site."))


def wrong(form: BaseForm, **names: str) -> ValidationError:
    """Return what is wrong with a form of the site.

    :param names: what its fields are called in the API, where that differs.
    """
    found: dict[str, list[str]] = {}
    for name, texts in form.errors.items():
        found.setdefault(names.get(name, name.replace("__all__", "detail")), []).extend(str(text) for text in texts)
    return ValidationError(found)
