from rest_framework import authentication


class SessionAuthentication(authentication.SessionAuthentication):
    """Django's session, with the CSRF check for anonymous requests too.

    REST framework checks it for logged-in users alone. Without it another site could log a visitor in under
    an account of its choice, or place orders through a visitor's browser.
    """

    def authenticate(self, request):
        self.enforce_csrf(request)
        user = request._request.user
        return (user, None) if user.is_active else None
