"""The shop's feed: the same in every language."""

from django.urls import URLPattern, URLResolver, path

from merch.catalogue import feed_views

app_name = "shop_feed"
urlpatterns: list[URLPattern | URLResolver] = [path("feed.yml", feed_views.feed, name="yml")]
