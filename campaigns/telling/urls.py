"""Addresses of what is said about a project."""

from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_safe

from campaigns.telling import feeds, views, writing_views

app_name = "telling"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<slug:slug>/updates/", views.updates, name="updates"),
    path("<slug:slug>/updates/feed.xml", require_safe(feeds.CampaignUpdates()), name="feed"),
    path("<slug:slug>/updates/<int:number>/", views.update, name="update"),
    path("<slug:slug>/questions/", views.questions, name="questions"),
    path("<slug:slug>/questions/ask/", writing_views.ask, name="ask"),
    path("<slug:slug>/comments/", views.comments, name="comments"),
    path("<slug:slug>/comments/write/", writing_views.comment, name="comment"),
    path("<slug:slug>/comments/<int:comment_id>/complain/", writing_views.complain, name="complain"),
    path("<slug:slug>/follow/", writing_views.follow, name="follow"),
    path("<slug:slug>/sent/", writing_views.sent, name="sent"),
]
