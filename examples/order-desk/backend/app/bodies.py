"""Reads each request's body before Django sees the request.

Django treats a body without a length (`Transfer-Encoding: chunked`, which HTTP/2 uploads become) as empty. It reads
other bodies while a thread waits, so a few dozen slow ones would block all threads, even for health checks.
"""

import json
import socket
from contextlib import contextmanager, suppress
from io import BytesIO
from threading import BoundedSemaphore

PIECE = 64 * 1024
# Fewer than the server has threads: bin/api-entrypoint.sh.
AT_ONCE = 32


class Refused(Exception):
    """The status line, what is wrong with the request, and further headers."""

    def __init__(self, status, detail, *headers):
        super().__init__(detail)
        self.status = status
        self.headers = headers


class Bodies:
    """WSGI middleware: passes on complete bodies only, with their length.

    `most_bytes` limits a body, including its files. If `at_once` others are being read, the next is refused.
    """

    def __init__(self, application, most_bytes, at_once=AT_ONCE):
        self.application = application
        self.most_bytes = most_bytes
        self.places = BoundedSemaphore(at_once)

    def __call__(self, environ, start_response):
        try:
            if _has_body(environ):
                self._read(environ)
        except Refused as refused:
            return _answer(refused, environ, start_response)
        return self.application(environ, start_response)

    def _read(self, environ):
        is_chunked = "HTTP_TRANSFER_ENCODING" in environ
        if is_chunked and not environ.get("wsgi.input_terminated"):
            # The server can't tell where the body ends, like Django's development server.
            raise Refused("411 Length Required", "The request must say how long it is.")
        announced = None if is_chunked else int(environ["CONTENT_LENGTH"])
        if announced is not None and announced > self.most_bytes:
            raise self._too_long()
        with self._place():
            body = self._whole(environ["wsgi.input"], announced)
        environ.pop("HTTP_TRANSFER_ENCODING", None)
        environ["CONTENT_LENGTH"] = str(body.getbuffer().nbytes)
        environ["wsgi.input"] = body

    def _whole(self, stream, announced):
        body = BytesIO()
        # One byte over the limit, to detect a body that is too long.
        most = self.most_bytes + 1 if announced is None else announced
        while (length := body.tell()) < most and (piece := stream.read(min(PIECE, most - length))):
            body.write(piece)
        if announced is not None and length < announced:
            raise Refused("400 Bad Request", "The request broke off.")
        if length > self.most_bytes:
            raise self._too_long()
        body.seek(0)
        return body

    @contextmanager
    def _place(self):
        if not self.places.acquire(blocking=False):
            detail = "Too many requests are under way. Try again in a moment."
            raise Refused("503 Service Unavailable", detail, ("Retry-After", "2"))
        try:
            yield
        finally:
            self.places.release()

    def _too_long(self):
        return Refused("413 Content Too Large", f"The request is longer than {self.most_bytes} bytes.")


def _has_body(environ):
    return "HTTP_TRANSFER_ENCODING" in environ or environ.get("CONTENT_LENGTH") not in (None, "", "0")


def _answer(refused, environ, start_response):
    body = json.dumps({"detail": str(refused)}).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
        *refused.headers,
    ]
    # gunicorn would wait for the rest: five seconds in this thread, and two in the one that accepts all connections.
    if connection := environ.get("gunicorn.socket"):
        # Unless the visitor has left.
        with suppress(OSError):
            connection.shutdown(socket.SHUT_RD)
    start_response(refused.status, headers)
    return [body]
