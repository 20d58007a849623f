from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import TestCase


class WholeApplicationTest(TestCase):
    """For requests through the whole WSGI application, middleware outside Django included."""

    def setUp(self):
        # As Django's own test client does: between two requests, the test's transaction must stay open.
        for signal in [request_started, request_finished]:
            signal.disconnect(close_old_connections)
            self.addCleanup(signal.connect, close_old_connections)
