from django.conf import settings
from django.test.runner import DiscoverRunner


class Runner(DiscoverRunner):
    """Django's own, with a password hash that takes no time: half of the suite would go into slow ones."""

    def setup_test_environment(self, **options):
        super().setup_test_environment(**options)
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
