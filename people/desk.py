"""The staff desk: Django's admin in unfold's clothes, open only with a second factor; every act is written down.

Rooms register their models in ``admin.py`` with :class:`DeskAdmin` or :class:`ReadOnlyAdmin`, and pages of their own
in ``AppConfig.ready`` with :func:`add_page`. The menu shows what the reader may open.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from people.access import desk_policy, obstacle, person
from people.services import record_act, subject_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse
    from django.http.response import HttpResponseBase
    from django.utils.functional import _StrPromise

PEOPLE, MONEY, PROJECTS, SITE = _("People"), _("Money"), _("Projects and the city"), _("The site")
SHOP = _("The shop")
GROUPS = (MONEY, PROJECTS, SHOP, SITE, PEOPLE)  # of the menu, in their order


@dataclass(frozen=True)
class DeskPage:
    """A page of our own in the desk's menu."""

    group: _StrPromise
    title: _StrPromise
    url_name: str
    permission: str
    icon: str  # a name of Material Symbols


_pages: dict[str, DeskPage] = {}


def add_page(*, group: _StrPromise, title: _StrPromise, url_name: str, permission: str, icon: str) -> None:
    """Put a page of our own into the desk's menu; safe to repeat."""
    _pages[url_name] = DeskPage(group, title, url_name, permission, icon)


class DeskSite(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """The desk at ``/desk/``."""

    site_title = _("Desk")
    index_title = _("Today")
    index_template = "desk/index.html"

    def __init__(self, name: str = "desk") -> None:
        super().__init__(name)

    def admin_view(
        self,
        view: Callable[..., HttpResponseBase],
        cacheable: bool = False,  # noqa: FBT001, FBT002 - Django's signature
    ) -> Callable[..., HttpResponseBase]:
        """Open each page of the desk only to who may act as staff, with the policy that its scripts need."""
        inner = super().admin_view(view, cacheable)

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return obstacle(request) or inner(request, *args, **kwargs)

        opened: Callable[..., HttpResponseBase] = desk_policy(guarded)
        return opened

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take a room's own pages alone: what libraries would put here writes no acts of staff."""
        if admin_class is not None and issubclass(admin_class, DeskAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the site's own sign-in."""
        return redirect("account_login")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the site's own sign-out, which asks once."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the site's own page."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the site's own page."""
        return redirect("people:me")

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the first page, which shows every room."""
        return redirect("desk:index")

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """Return the menu: groups with what the reader may open, in their order."""
        found: dict[str, list[dict[str, Any]]] = {str(group): [] for group in GROUPS}
        for model, options in self._registry.items():
            if options.has_view_permission(request):
                link = reverse(f"desk:{model._meta.app_label}_{model._meta.model_name}_changelist")
                title = options.desk_title or model._meta.verbose_name_plural
                found[str(options.desk_group)].append(_item(request, title, link, options.desk_icon))
        for page in _pages.values():
            if request.user.has_perm(page.permission):
                found[str(page.group)].append(_item(request, page.title, reverse(page.url_name), page.icon))
        shown = [(title, items) for title, items in found.items() if items]
        return [{"title": title, "separator": bool(at), "items": items} for at, (title, items) in enumerate(shown)]


def _item(request: HttpRequest, title: object, link: str, icon: str) -> dict[str, Any]:
    name = str(title)
    return {
        "title": name[:1].upper() + name[1:],
        "link": link,
        "icon": icon,
        "active": request.path.startswith(link),
        "has_permission": True,
    }


class DeskAdmin(ModelAdmin):  # type: ignore[misc]
    """A model on the desk. Each addition, change and deletion is an act of staff, in the same transaction."""

    desk_group: ClassVar[_StrPromise] = SITE
    desk_icon: ClassVar[str] = "list"
    desk_title: ClassVar[_StrPromise | str] = ""  # in the menu; the model's own name where it is empty
    desk_rows_have_names: ClassVar[bool] = False  # a row's own words are its title; its number otherwise
    list_per_page = 50
    list_max_show_all = 0  # no list without a page size
    show_full_result_count = False
    compressed_fields = True
    actions_on_top = True
    change_form_outer_before_template = "desk/_steps.html"  # where unfold would hide them behind three dots

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one row under a title in the reader's language."""
        title = self._title()
        if not self.desk_rows_have_names:
            title["subtitle"] = f"{capfirst(self.opts.verbose_name)} № {object_id}"
        found: HttpResponse = super().change_view(request, object_id, form_url, {**title, **(extra_context or {})})
        return found

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list under the name that it has in the menu."""
        found: HttpResponse = super().changelist_view(request, {**self._title(), **(extra_context or {})})
        return found

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return what can be done with chosen rows; deleting many at once is not among it."""
        found: dict[str, Any] = super().get_actions(request)
        found.pop("delete_selected", None)
        return found

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Write down that a row was added."""
        self._record(request, "add", obj, message)
        return LogEntry()

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """Write down that a row was changed, and which fields; never their values."""
        self._record(request, "change", obj, message)
        return LogEntry()

    def log_deletions(self, request: HttpRequest, queryset: QuerySet[Any]) -> list[LogEntry]:
        """Write down that rows were deleted."""
        for row in queryset:
            self._record(request, "delete", row, None)
        return []

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:  # noqa: ARG002
        """Lead to the acts of staff about this row.

        :raises PermissionDenied: if the row is not to be seen.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        return redirect(f"{reverse('desk:people_staffact_changelist')}?q={self.opts.model_name}:{object_id}")

    def _title(self) -> dict[str, str]:
        """Return what the browser's tab calls these pages; Django's own sentence asks for a case of the noun."""
        return {"title": capfirst(str(self.desk_title or self.opts.verbose_name_plural))}

    def _record(self, request: HttpRequest, verb: str, row: Model, message: Any) -> None:
        fields = sorted({name for part in message or [] for name in next(iter(part.values())).get("fields", [])})
        record_act(
            actor=person(request),
            action=f"{row._meta.app_label}.{verb}_{row._meta.model_name}",
            subject=subject_of(row),
            details={"fields": [str(name) for name in fields]} if fields else {},
            now=timezone.now(),
        )


class ReadOnlyAdmin(DeskAdmin):
    """A model that the desk only shows."""

    actions = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - also an inline's
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Refuse."""
        return False


def styles(request: HttpRequest) -> str:  # noqa: ARG001 - unfold's signature
    """Return the address of what the desk's pages wear over unfold's clothes."""
    return static("css/desk.css")


def mark(request: HttpRequest) -> str:  # noqa: ARG001 - unfold's signature
    """Return the address of the site's mark."""
    return static("img/mark.svg")
