"""Addresses of applications at the staff desk."""

from django.urls import path

from campaigns.organisers import desk_views

app_name = "organisers_desk"
urlpatterns = [
    path("", desk_views.application_list, name="list"),
    path("<int:organiser_id>/", desk_views.application, name="application"),
    path("<int:organiser_id>/documents/<uuid:reference>/", desk_views.document, name="document"),
    path("<int:organiser_id>/agreements/<uuid:reference>.pdf", desk_views.agreement, name="agreement"),
    path("<int:organiser_id>/<slug:action>/", desk_views.answer, name="answer"),
]
