from django.test import SimpleTestCase


class SecurityHeadersTest(SimpleTestCase):
    def test_no_page_is_framed_guessed_at_or_held_by_another_site(self):
        for path in ["/admin/login/", "/auth/login/", "/nothing/"]:
            with self.subTest(path):
                headers = self.client.get(path).headers
                self.assertEqual(headers["X-Frame-Options"], "DENY")
                self.assertEqual(headers["X-Content-Type-Options"], "nosniff")
                self.assertEqual(headers["Referrer-Policy"], "same-origin")
                # As the web has it: examples/order-desk/frontend/lib/page-headers.ts.
                self.assertEqual(headers["Cross-Origin-Opener-Policy"], "same-origin-allow-popups")
