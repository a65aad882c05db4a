"""Addresses for other sites and for paper: the same in every language."""

from django.urls import URLPattern, URLResolver, path

from campaigns.spreading import views

app_name = "spreading"
urlpatterns: list[URLPattern | URLResolver] = [
    path("oembed", views.oembed, name="oembed"),
    path("p/<int:number>", views.short, name="short"),
    path("sheets/<int:number>-<slug:digest>.png", views.picture, name="picture"),
    path("sheets/<int:number>-<slug:digest>.pdf", views.poster_file, name="poster_file"),
]
