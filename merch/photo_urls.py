"""Addresses of photos: by what they hold, so what an address shows never changes."""

from django.urls import URLPattern, URLResolver, re_path

from merch.catalogue import photo_views

app_name = "shop_photos"
urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^(?P<digest>[0-9a-f]{64})/(?P<width>[0-9]{1,4})\.(?P<ending>webp|jpg)$", photo_views.file, name="file"),
]
