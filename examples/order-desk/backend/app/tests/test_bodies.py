import json
import socket
from io import BytesIO
from threading import Event, Thread

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, SimpleTestCase
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from app.bodies import Bodies
from app.tests.whole import WholeApplicationTest
from app.wsgi import application
from orders.models import Customer, Order


def echo(environ, start_response):
    """An application that takes a length at its word, as Django does."""
    start_response("200 OK", [])
    return [environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))]


def chunked(body):
    """As gunicorn hands it over: without a length, but with an end."""
    return {"wsgi.input": BytesIO(body), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}


def measured(body, length=None):
    return {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body) if length is None else length)}


class Slow:
    """A body of two bytes, the second of which is awaited."""

    def __init__(self):
        self.asked, self.sent = Event(), Event()
        self.pieces = iter([b"o", b"k", b""])

    def read(self, size):
        piece = next(self.pieces)
        if piece == b"k":
            self.asked.set()
            self.sent.wait()
        return piece


class BodiesTest(SimpleTestCase):
    def setUp(self):
        self.bodies = Bodies(echo, most_bytes=200_000, at_once=2)

    def ask(self, environ):
        status, headers, body = ask(self.bodies, environ)
        return status, body if status == "200 OK" else headers

    def test_a_body_without_a_length_gets_one(self):
        for body in [b"", b"x", b"x" * 200_000]:
            with self.subTest(len(body)):
                environ = chunked(body)
                self.assertEqual(self.ask(environ), ("200 OK", body))
                self.assertEqual(environ["CONTENT_LENGTH"], str(len(body)))
                self.assertNotIn("HTTP_TRANSFER_ENCODING", environ)

    def test_a_body_with_a_length_stays_as_it_is(self):
        for body in [b"", b"x", b"x" * 200_000]:
            with self.subTest(len(body)):
                self.assertEqual(self.ask(measured(body)), ("200 OK", body))

    def test_a_request_without_a_body_is_none_that_is_counted(self):
        for _ in range(2):
            self.bodies.places.acquire()
        for environ in [{}, {"CONTENT_LENGTH": ""}, {"CONTENT_LENGTH": "0"}]:
            with self.subTest(environ):
                self.assertEqual(self.ask({"wsgi.input": BytesIO(), **environ}), ("200 OK", b""))

    def test_a_server_that_knows_no_end_is_asked_for_a_length(self):
        environ = chunked(b"x") | {"wsgi.input_terminated": False}
        self.assertEqual(self.ask(environ)[0], "411 Length Required")

    def test_a_longer_one_is_refused(self):
        for environ in [chunked(b"x" * 200_001), measured(b"x" * 200_001)]:
            self.assertEqual(self.ask(environ)[0], "413 Content Too Large")
        # It isn't even read.
        environ = measured(b"x" * 200_001)
        self.ask(environ)
        self.assertEqual(environ["wsgi.input"].tell(), 0)

    def test_half_a_body_is_none(self):
        self.assertEqual(self.ask(measured(b"half", length=8))[0], "400 Bad Request")

    def test_bodies_that_are_awaited_leave_room_for_others(self):
        slow = [Slow(), Slow()]
        answers = []
        threads = [
            Thread(target=lambda body=body: answers.append(self.ask(chunked(b"") | {"wsgi.input": body})))
            for body in slow
        ]
        for thread, body in zip(threads, slow, strict=True):
            thread.start()
            body.asked.wait()
        status, headers = self.ask(measured(b"third"))
        self.assertEqual((status, headers["Retry-After"]), ("503 Service Unavailable", "2"))
        self.assertEqual(self.ask({"wsgi.input": BytesIO()}), ("200 OK", b""))

        for thread, body in zip(threads, slow, strict=True):
            body.sent.set()
            thread.join()
        self.assertEqual(answers, [("200 OK", b"ok")] * 2)
        self.assertEqual(self.ask(measured(b"third")), ("200 OK", b"third"))

    def test_one_that_breaks_off_gives_its_place_back(self):
        class Broken:
            def read(self, size):
                raise OSError("the visitor left")

        for _ in range(3):
            with self.assertRaises(OSError):
                self.ask(chunked(b"") | {"wsgi.input": Broken()})
        self.assertEqual(self.ask(measured(b"next")), ("200 OK", b"next"))

    def test_nobody_waits_for_what_is_refused(self):
        ours, visitors = socket.socketpair()
        with ours, visitors:
            self.ask(measured(b"x", length=1_000_000) | {"gunicorn.socket": ours})
            self.assertEqual(ours.recv(1), b"")
            ours.sendall(b"413")
            self.assertEqual(visitors.recv(3), b"413")


class ApplicationTest(WholeApplicationTest):
    def post(self, path, body, content_type, **extra):
        environ = RequestFactory().get(path, HTTP_HOST="api").environ
        environ |= {"REQUEST_METHOD": "POST", "CONTENT_TYPE": content_type}
        return ask(application, environ | chunked(body) | extra)

    def test_an_order_without_a_length_is_placed(self):
        customer = Customer.objects.create(name="Little Heron", city="Cork")
        _, headers, session = ask(application, RequestFactory().get("/session/", HTTP_HOST="api").environ)
        order = {"customer": customer.pk, "item": "Tea", "quantity": 3}
        status, _, body = self.post(
            "/orders/",
            json.dumps(order).encode(),
            "application/json",
            HTTP_X_CSRFTOKEN=json.loads(session)["csrf_token"],
            HTTP_COOKIE=headers["Set-Cookie"].partition(";")[0],
        )
        self.assertEqual(status, "201 Created", body)
        self.assertEqual(Order.objects.get().quantity, 3)

    def test_a_large_file_is_written_nowhere(self):
        form = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("large", b"x" * 1024**2)})
        self.assertEqual(self.post("/admin/login/", form, MULTIPART_CONTENT)[0], "413 Content Too Large")


def ask(application, environ):
    answer = []
    body = b"".join(application(environ, lambda status, headers: answer.extend([status, dict(headers)])))
    return *answer, body
