from django.test import SimpleTestCase, override_settings


@override_settings(CORS_ALLOWED_ORIGINS=["https://pr-1.previews.example.com"])
class CorsTest(SimpleTestCase):
    """For clients that come to the API directly; the browser's own requests go through the web and need none of it."""

    def preflight(self, origin):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        return self.client.options("/orders/", headers=headers).headers.get("Access-Control-Allow-Origin")

    def test_only_the_listed_origin_may_call_directly(self):
        own = "https://pr-1.previews.example.com"
        self.assertEqual(self.preflight(own), own)
        for origin in ["https://pr-2.previews.example.com", "http://pr-1.previews.example.com", "null"]:
            with self.subTest(origin):
                self.assertIsNone(self.preflight(origin))
