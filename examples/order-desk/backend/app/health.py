"""Answers for probes. Neither touches the session, so they cost nothing and need no migrated database."""

from django.db import DatabaseError, connection
from django.http import HttpResponse


def healthz(request):
    """Alive: the process answers. Says nothing about the database, whose absence a restart wouldn't cure."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request):
    """Ready for traffic: the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return HttpResponse("the database does not answer\n", content_type="text/plain", status=503)
    return HttpResponse("ok\n", content_type="text/plain")
