"""The product's routes, and an event stream beside them."""

import time

from django.http import StreamingHttpResponse
from django.urls import include, path


def events(request):
    """One event. A comment now and then finds out who has left, and half a minute is enough for anybody."""

    def stream():
        yield "data: first\n\n"
        for _ in range(150):
            time.sleep(0.2)
            yield ": waiting\n\n"

    return StreamingHttpResponse(stream(), content_type="text/event-stream")


urlpatterns = [path("events/", events), path("", include("app.urls"))]
