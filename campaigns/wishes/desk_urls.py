"""Addresses of donors' requests at the staff desk."""

from django.urls import URLPattern, URLResolver, path

from campaigns.wishes import desk_views

app_name = "wishes"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk_views.request_list, name="requests"),
    path("<int:request_id>/", desk_views.request_detail, name="request"),
    path("<int:request_id>/agree/", desk_views.agree, name="agree"),
    path("<int:request_id>/decline/", desk_views.decline, name="decline"),
]
