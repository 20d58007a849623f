import os
import time
import traceback

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from app import history
from orders.demo import ensure_reviewer
from orders.models import SeedRun

# A new pod's first connections may be refused until the network policy knows it, and Postgres may be starting.
TIMEOUT_SECONDS = 30
# An arbitrary number, not used elsewhere in this database.
LOCK = 515_123


class Command(BaseCommand):
    help = "Waits for the database, migrates it and, the first time, fills it with demo data."

    def handle(self, **options):
        self._wait()
        # Concurrent runs (a retried Job, a second compose) would race. The lock is released with the connection.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        self._compare()
        self._migrate()
        self._seed()

    def _wait(self):
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while True:
            try:
                return connection.ensure_connection()
            except OperationalError as error:
                if time.monotonic() > deadline:
                    raise CommandError(f"no database within {TIMEOUT_SECONDS} s (DATABASE_URL): {error}") from None
                time.sleep(0.5)

    def _compare(self):
        """Fails before changing anything if the database is ahead of the code."""
        dropped = history.unknown_migrations(connection)
        if dropped:
            raise CommandError(
                f"The database has migrations that this commit does not have: {', '.join(dropped)}.\n"
                "An earlier commit applied them, and a force-push, a rebase or an older image has dropped them. "
                "Django can't undo migrations that it doesn't have. Nothing was changed.\n"
                f"To start over with an empty database: {history.reset_command()}"
            )

    def _migrate(self):
        try:
            call_command("migrate", interactive=False)
        except Exception as error:
            traceback.print_exc()
            # The essentials last: Kubernetes shows the end of a failed container's log.
            raise CommandError(f"{self._next_migration()} failed: {type(error).__name__}: {error}") from None

    def _next_migration(self):
        """The first migration that isn't applied, which is the one that failed and was rolled back."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return f"migration {plan[0][0]}" if plan else "migrate"

    def _seed(self):
        """Fills the database once. Afterwards it leaves rows that reviewers change or delete alone."""
        if not SeedRun.objects.exists():
            with transaction.atomic():
                call_command("loaddata", "fixtures/preview_seed.json")
                call_command("seed_demo_data")
                SeedRun.objects.create()
        elif password := os.environ.get("DEMO_USER_PASSWORD"):
            ensure_reviewer(password)
