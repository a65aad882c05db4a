"""Addresses of pictures: by what they hold, so what an address shows never changes."""

from django.urls import URLPattern, URLResolver, re_path

from campaigns.drafting import picture_views

app_name = "pictures"
urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^(?P<digest>[0-9a-f]{64})/(?P<width>[0-9]{1,4})\.(?P<ending>webp|jpg)$", picture_views.file, name="file"),
]
