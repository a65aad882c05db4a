"""Addresses of questions to donors at the staff desk."""

from django.urls import URLPattern, URLResolver, path

from campaigns.repurposing import desk_views

app_name = "purposes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk_views.question_list, name="list"),
    path("campaigns/<int:campaign_id>/", desk_views.propose, name="propose"),
    path("<int:question_id>/", desk_views.question_detail, name="question"),
    path("<int:question_id>/confirm/", desk_views.confirm, name="confirm"),
    path("<int:question_id>/withdraw/", desk_views.withdraw, name="withdraw"),
]
