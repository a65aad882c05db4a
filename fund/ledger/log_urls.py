"""Addresses of the log, in the layout that clients of C2SP tlog-tiles ask for."""

from django.urls import URLPattern, URLResolver, path, re_path

from fund.ledger import log_views

NUMBER = r"(?P<index>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>[1-9]\d{0,2}))?"
app_name = "log"
urlpatterns: list[URLPattern | URLResolver] = [
    path("checkpoint", log_views.checkpoint, name="checkpoint"),
    path("checkpoint/<int:size>", log_views.checkpoint_of, name="checkpoint_of"),
    path("verifier.txt", log_views.verifier, name="verifier"),
    re_path(rf"^tile/entries/{NUMBER}$", log_views.entries, name="entries"),
    re_path(rf"^tile/(?P<level>0|[1-9]\d?)/{NUMBER}$", log_views.tile, name="tile"),
]
