"""Addresses of the moderator's pages about what people write."""

from django.urls import URLPattern, URLResolver, path

from campaigns.telling import desk_views

app_name = "words"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk_views.queue, name="queue"),
    path("<int:comment_id>/approve/", desk_views.approve, name="approve"),
    path("<slug:kind>/", desk_views.words, name="list"),
    path("<slug:kind>/<int:key>/hide/", desk_views.hide, name="hide"),
    path("<slug:kind>/<int:key>/show/", desk_views.show, name="show"),
]
