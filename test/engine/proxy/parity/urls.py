from django.urls import include, path, re_path

from parity import views

urlpatterns = [
    re_path(r"^(?:parity|auth/callback/parity)/echo", views.echo),
    path("parity/file/", views.file),
    path("parity/read/", views.read),
    path("parity/json/", views.json),
    path("parity/cookies/", views.cookies),
    path("parity/redirect/", views.redirect),
    path("parity/gzip/", views.gzip),
    path("parity/refuse/", views.refuse),
    path("parity/events/", views.events),
    path("parity/silent/", views.silent),
    path("parity/release/", views.release),
    path("parity/active/", views.active),
    path("parity/seen/", views.seen),
    path("", include("app.urls")),
]
