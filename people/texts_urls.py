"""Addresses of the documents at the staff desk."""

from django.urls import URLPattern, URLResolver, path

from people import texts_views

app_name = "texts"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", texts_views.text_list, name="list"),
    path("<slug:kind>/", texts_views.text, name="text"),
    path("<slug:kind>/edit/", texts_views.edit, name="edit"),
    path("<slug:kind>/drop/", texts_views.drop, name="drop"),
    path("<slug:kind>/publish/", texts_views.publish, name="publish"),
]
