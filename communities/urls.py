"""Addresses of the directory."""

from django.urls import URLPattern, URLResolver, path

from communities import views

app_name = "communities"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.community_list, name="list"),
    path("<slug:slug>/", views.community_detail, name="detail"),
]
