"""Addresses of money that goes back, at the staff desk."""

from django.urls import URLPattern, URLResolver, path

from campaigns.funding import desk_views

app_name = "returns"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk_views.missed_list, name="list"),
    path("<int:campaign_id>/", desk_views.missed_detail, name="campaign"),
    path("<int:campaign_id>/state/", desk_views.missed_state, name="state"),
    path("debts/", desk_views.debt_list, name="debts"),
    path("debts/<int:refund_id>/", desk_views.debt_details, name="debt"),
]
