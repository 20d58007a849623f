import os

from django.core.management.base import BaseCommand
from django.db import transaction

from orders.demo import REVIEWER, ensure_reviewer, seed_orders


class Command(BaseCommand):
    help = "Adds the demo orders that are missing, and the reviewer's account if DEMO_USER_PASSWORD is set."

    @transaction.atomic
    def handle(self, **options):
        seed_orders()
        password = os.environ.get("DEMO_USER_PASSWORD")
        # Without a secret there is no account: a password that everyone knows has no place on a public host.
        if password:
            ensure_reviewer(password)
        self.stdout.write(f"demo orders are there; login {REVIEWER}: {'yes' if password else 'no'}")
