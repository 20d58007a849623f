from unittest import mock

from django.db import OperationalError
from django.test import SimpleTestCase, TestCase


class LivenessTest(SimpleTestCase):
    def test_liveness_needs_no_database(self):
        # SimpleTestCase refuses every query.
        response = self.client.get("/healthz")
        self.assertEqual((response.status_code, response.content), (200, b"ok\n"))
        self.assertFalse(response.cookies)


class ReadinessTest(TestCase):
    def test_readiness_takes_one_query_and_no_session(self):
        with self.assertNumQueries(1):
            response = self.client.get("/readyz")
        self.assertEqual(response.status_code, 200)
        self.assertFalse(response.cookies)

    def test_readiness_fails_without_a_database(self):
        with mock.patch("app.health.connection.cursor", side_effect=OperationalError("gone")):
            response = self.client.get("/readyz")
        self.assertEqual(response.status_code, 503)
