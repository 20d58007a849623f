"""What two gunicorn processes have to know of each other is in files below /tmp."""

import time
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.gzip import gzip_page

ACTIVE = Path("/tmp/active")
RELEASED = Path("/tmp/released")
SEEN = Path("/tmp/seen")
PIECE = 64 * 1024
for folder in (ACTIVE, RELEASED):
    folder.mkdir(exist_ok=True)


def note_down(get_response):
    """Middleware: the target of each request, exactly as it arrived."""

    def middleware(request):
        with SEEN.open("a") as log:
            log.write(f"{request.META['RAW_URI']}\n")
        return get_response(request)

    return middleware


def seen(request):
    return HttpResponse(SEEN.read_text(), content_type="text/plain")


@contextmanager
def working():
    marker = ACTIVE / uuid4().hex
    marker.touch()
    try:
        yield
    finally:
        marker.unlink()


def active(request):
    return JsonResponse({"active": len(list(ACTIVE.iterdir()))})


@csrf_exempt
def echo(request):
    """Everything of the request that matters, with its body's digest."""
    digest, length = sha256(), 0
    with working():
        while piece := request.read(PIECE):
            digest.update(piece)
            length += len(piece)
    return JsonResponse(
        {
            "method": request.method,
            "target": request.META["RAW_URI"],
            "path_info": request.path_info,
            "query": request.META["QUERY_STRING"],
            "headers": dict(request.headers),
            "digest": digest.hexdigest(),
            "length": length,
            "absolute": request.build_absolute_uri("/"),
            "url": request.build_absolute_uri(),
        }
    )


@csrf_exempt
def read(request):
    """Reads the body and does nothing with it."""
    length = 0
    while piece := request.read(PIECE):
        length += len(piece)
    return JsonResponse({"length": length})


def content(start, end):
    """Bytes `start` up to `end` of a file whose every byte is its place modulo 251."""
    block = bytes(range(251)) * (PIECE // 251 + 2)
    while start < end:
        length = min(PIECE, end - start)
        yield block[start % 251 : start % 251 + length]
        start += length


def file(request):
    size = int(request.GET["size"])
    start, end, status = 0, size, 200
    if wanted := request.headers.get("Range"):
        first, last = wanted.removeprefix("bytes=").split("-")
        start, end, status = int(first), int(last) + 1, 206
    response = StreamingHttpResponse(
        content(start, end), status=status, content_type="application/octet-stream"
    )
    response["Accept-Ranges"] = "bytes"
    response["Content-Length"] = end - start
    if status == 206:
        response["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return response


def json(request):
    """A kilobyte."""
    return JsonResponse({"text": "x" * 1000})


def cookies(request):
    response = HttpResponse("baked")
    response.set_cookie("__Host-a", "1", secure=True, httponly=True, samesite="Lax", expires="Wed, 21 Oct 2037 07:28:00 GMT")
    response.set_cookie("b", '"quoted, with comma"', path="/api/", max_age=60)
    response.delete_cookie("c")
    return response


def redirect(request):
    response = HttpResponse(status=int(request.GET["status"]))
    response["Location"] = request.GET["to"]
    response.set_cookie("seen", "1")
    return response


@gzip_page
def gzip(request):
    return HttpResponse("coffee " * 10_000, content_type="text/plain")


@csrf_exempt
def refuse(request):
    """Says no before it has read anything."""
    return HttpResponse("too big", status=413)


def events(request):
    """One event, and another once it is asked for. A comment now and then finds out who has left."""

    def stream():
        with working():
            yield "data: first\n\n"
            while not (RELEASED / request.GET["name"]).exists():
                time.sleep(0.2)
                yield ": waiting\n\n"
            yield "data: second\n\n"

    return StreamingHttpResponse(stream(), content_type="text/event-stream")


def silent(request):
    """Has nothing to say until it is asked for, for two minutes at most."""
    with working():
        deadline = time.monotonic() + 120
        while not (RELEASED / request.GET["name"]).exists() and time.monotonic() < deadline:
            time.sleep(0.2)
    return HttpResponse("at last")


@csrf_exempt
def release(request):
    (RELEASED / request.GET["name"]).touch()
    return HttpResponse()
