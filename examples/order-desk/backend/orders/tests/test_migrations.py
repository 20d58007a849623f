from django.core.management import call_command
from django.test import TestCase


class MigrationsTest(TestCase):
    def test_every_change_of_a_model_has_its_migration(self):
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
