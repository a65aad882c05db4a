"""Addresses of an applicant's own pages."""

from django.urls import path

from campaigns.organisers import own_views

app_name = "organiser_own"
urlpatterns = [
    path("", own_views.home, name="home"),
    path("who/", own_views.who, name="who"),
    path("requisites/", own_views.requisites, name="requisites"),
    path("document/", own_views.document, name="document"),
    path("document/<uuid:reference>/", own_views.document_file, name="document_file"),
    path("document/<uuid:reference>/remove/", own_views.remove_document, name="remove_document"),
    path("agreement/", own_views.agreement, name="agreement"),
    path("agreement/<uuid:reference>.pdf", own_views.agreement_file, name="agreement_file"),
]
