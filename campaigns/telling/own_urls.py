"""Addresses of an organiser's own updates and answers."""

from django.urls import URLPattern, URLResolver, path

from campaigns.telling import own_views

app_name = "own_updates"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<slug:slug>/updates/", own_views.update_list, name="list"),
    path("<slug:slug>/updates/new/", own_views.new_update, name="new"),
    path("<slug:slug>/updates/<int:update_id>/", own_views.edit_update, name="edit"),
    path("<slug:slug>/updates/<int:update_id>/publish/", own_views.publish_update, name="publish"),
    path("<slug:slug>/updates/<int:update_id>/drop/", own_views.drop_update, name="drop"),
    path("<slug:slug>/questions/", own_views.question_list, name="questions"),
    path("<slug:slug>/questions/<int:question_id>/", own_views.answer, name="answer"),
]
