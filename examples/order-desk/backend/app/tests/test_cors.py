from django.test import TestCase, override_settings

OWN = "https://pr-1.previews.example.com"
SIBLING = "https://pr-2.previews.example.com"


@override_settings(CORS_ALLOWED_ORIGINS=[OWN])
class CorsTest(TestCase):
    """For clients that come to the API directly; the browser's own requests go through the web and need none of it."""

    def allowed(self, origin):
        """What a browser may do by the answers to a preflight and to the request itself: both or neither."""
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        preflight = self.client.options("/orders/", headers={"Origin": origin, **asked})
        request = self.client.get("/orders/", headers={"Origin": origin})
        self.assertIn("origin", preflight["Vary"].lower())
        self.assertIn("origin", request["Vary"].lower())
        names = ["Access-Control-Allow-Origin", "Access-Control-Allow-Credentials"]
        answers = [[response.headers.get(name) for name in names] for response in [preflight, request]]
        self.assertEqual(*answers)
        if answers[0] == [origin, "true"]:
            self.assertIn("POST", preflight["Access-Control-Allow-Methods"])
            self.assertIn("authorization", preflight["Access-Control-Allow-Headers"])
            return True
        self.assertEqual(answers[0], [None, None])
        return False

    def test_the_listed_origin_may_call_with_credentials(self):
        self.assertTrue(self.allowed(OWN))

    def test_no_other_origin_may(self):
        for origin in [SIBLING, "http://pr-1.previews.example.com", f"{OWN}:8443", f"{OWN}.evil.example", "null"]:
            with self.subTest(origin):
                self.assertFalse(self.allowed(origin))

    def test_a_refusal_can_be_read_as_well(self):
        response = self.client.get("/orders/", headers={"Origin": OWN, "Authorization": "Token wrong"})
        self.assertEqual((response.status_code, response["Access-Control-Allow-Origin"]), (401, OWN))

    @override_settings(CORS_ALLOWED_ORIGIN_REGEXES=[r"\A(?:^https://pr-\d+\.previews\.example\.com$)\Z"])
    def test_a_pattern_lets_siblings_in_and_nobody_else(self):
        self.assertTrue(self.allowed(SIBLING))
        for origin in ["https://pr-2.previews.example.com.evil.example", "https://pr-2-previews.example.com"]:
            with self.subTest(origin):
                self.assertFalse(self.allowed(origin))
