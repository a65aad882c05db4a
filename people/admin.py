"""People, roles and acts of staff on the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action

from people import act_titles, desk, roles, services
from people.access import person, prove_again, used_second_factor_lately
from people.desk_pages import render_desk
from people.forms import GrantRoleForm, sentence
from people.letter_admin import LetterAdmin
from people.models import RoleGrant, StaffAct, User
from people.selectors import open_roles_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

__all__ = ["LetterAdmin", "RoleGrantAdmin", "StaffActAdmin", "UserAdmin"]


class RoleFilter(admin.SimpleListFilter):
    """Shows who holds a role."""

    title = gettext_lazy("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002
        """Return the roles of the table."""
        return [(role.name, role.title) for role in roles.ROLES.values()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002
        """Return the rows of one role."""
        return queryset.filter(role=self.value()) if self.value() else queryset


@admin.register(User)
class UserAdmin(desk.ReadOnlyAdmin):
    """Who has an account; roles are given and taken back on their own page."""

    desk_group = desk.PEOPLE
    desk_icon = "person"
    desk_title = gettext_lazy("Accounts of people")
    desk_rows_have_names = True
    list_display = ("email", "held", "is_active", "joined_at", "last_login")
    list_filter = ("is_staff", "is_active")
    search_fields = ("email",)
    ordering = ("-pk",)
    fields = ("email", "held", "is_active", "joined_at", "last_login")
    actions_detail = ("end_sessions",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Return people with the roles they hold. Two queries, however many people."""
        return open_roles_of(super().get_queryset(request))

    @admin.display(description=gettext_lazy("Roles"))
    def held(self, user: User) -> str:
        """Return the titles of the roles held now."""
        return ", ".join(roles.title(grant.role) for grant in user.open_grants) or "—"  # type: ignore[attr-defined]

    def has_end_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:  # noqa: ARG002
        """Return whether the reader may sign others out."""
        return request.user.has_perm("people.end_session")

    @action(description=gettext_lazy("Sign out everywhere"), url_path="end-sessions", permissions=["end"])
    def end_sessions(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then sign the person out in every browser."""
        if not used_second_factor_lately(request):
            return prove_again(request)
        user = get_object_or_404(User, pk=object_id)
        if request.method == "POST":
            ended = services.end_sessions_of(user=user, by=person(request), now=timezone.now())
            told = ngettext("%(count)s session is ended.", "%(count)s sessions are ended.", ended) % {"count": ended}
            messages.success(request, told)
            return redirect("desk:people_user_change", user.pk)
        lead = _("%(person)s is signed out in every browser at once and has to sign in anew. Roles stay.")
        return render_desk(
            request,
            "desk/form.html",
            title=_("Sign out everywhere"),
            lead=lead % {"person": user},
            submit=_("Sign out"),
            back=reverse("desk:people_user_change", args=[user.pk]),
        )


@admin.register(RoleGrant)
class RoleGrantAdmin(desk.ReadOnlyAdmin):
    """Who was given which role, when and by whom; grants and revokes through the services."""

    desk_group = desk.PEOPLE
    desk_icon = "badge"
    list_display = ("user", "role_title", "granted_at", "granted_by", "revoked_at", "revoked_by")
    list_filter = (RoleFilter, ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("user", "granted_by", "revoked_by")
    search_fields = ("user__email",)
    ordering = ("-pk",)
    fields = ("user", "role_title", "granted_at", "granted_by", "revoked_at", "revoked_by")
    actions_list = ("grant",)
    actions_detail = ("revoke",)

    @admin.display(description=gettext_lazy("Role"), ordering="role")
    def role_title(self, grant: RoleGrant) -> str:
        """Return the role's title."""
        return roles.title(grant.role)

    def has_grant_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:  # noqa: ARG002
        """Return whether the person may grant and revoke."""
        return request.user.has_perm("people.grant_role")

    @action(description=gettext_lazy("Grant a role"), url_path="grant", permissions=["grant"])
    def grant(self, request: HttpRequest) -> HttpResponse:
        """Give somebody a role."""
        if not used_second_factor_lately(request):
            return prove_again(request)
        form = GrantRoleForm(request.POST or None)
        if form.is_valid():
            user, role = form.cleaned_data["email"], form.cleaned_data["role"]
            try:
                services.grant_role(user=user, role=role, granted_by=person(request), now=timezone.now())
            except services.RoleRefusedError as error:
                form.add_error(None, sentence(error))
            else:
                messages.success(request, _("The role is granted; the person has to sign in anew."))
                return redirect("desk:people_rolegrant_changelist")
        context = {"form": form, "title": _("Grant a role"), "submit": _("Grant"), "lead": ""}
        return self._page(request, context, refused=bool(form.errors))

    @action(description=gettext_lazy("Revoke"), url_path="revoke", permissions=["grant"])
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask once, then take a role back."""
        if not used_second_factor_lately(request):
            return prove_again(request)
        grant = get_object_or_404(RoleGrant.objects.select_related("user"), pk=object_id)
        error = ""
        if request.method == "POST":
            try:
                services.revoke_role(grant=grant, revoked_by=person(request), now=timezone.now())
            except services.RoleRefusedError as refusal:
                error = sentence(refusal)
            else:
                messages.success(request, _("The role is revoked; the person has been signed out."))
                return redirect("desk:people_rolegrant_changelist")
        lead = _("%(person)s will no longer be: %(role)s.") % {"person": grant.user, "role": roles.title(grant.role)}
        context = {"error": error, "title": _("Revoke a role"), "submit": _("Revoke"), "lead": lead}
        return self._page(request, context, refused=bool(error))

    def _page(self, request: HttpRequest, context: dict[str, Any], *, refused: bool) -> HttpResponse:
        back = reverse("desk:people_rolegrant_changelist")
        return render_desk(request, "desk/form.html", is_refused=refused, back=back, **context)


@admin.register(StaffAct)
class StaffActAdmin(desk.ReadOnlyAdmin):
    """What staff did. Nobody changes it, here or elsewhere."""

    desk_group = desk.PEOPLE
    desk_icon = "history"
    list_display = ("at", "who", "what", "subject", "said")
    list_filter = (("at", admin.DateFieldListFilter),)  # one by action would read the whole table
    list_select_related = ("actor",)
    search_fields = ("=subject", "=action", "actor__email")
    ordering = ("-at", "-pk")
    fields = ("at", "who", "what", "action", "subject", "said")

    @admin.display(description=gettext_lazy("what"))
    def what(self, act: StaffAct) -> str:
        """Return what the act is called."""
        return act_titles.title(act.action)

    @admin.display(description=gettext_lazy("details"), empty_value="—")
    def said(self, act: StaffAct) -> str | None:
        """Return the details in one line."""
        return "; ".join(f"{name}: {_in_words(value)}" for name, value in act.details.items()) or None

    @admin.display(description=gettext_lazy("who"), empty_value="—")
    def who(self, act: StaffAct) -> str:
        """Return the actor, or that a command on the machine itself did it."""
        return str(act.actor) if act.actor else _("by a command")


def _in_words(value: Any) -> str:
    return ", ".join(str(one) for one in value) if isinstance(value, list) else str(value)
