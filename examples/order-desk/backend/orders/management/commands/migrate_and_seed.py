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
# Any number will do, if nothing else in this database uses it.
LOCK = 515_123


class Command(BaseCommand):
    help = "Waits for the database, migrates it and, the first time, fills it with demo data."

    def handle(self, **options):
        self._wait()
        # Two runs at once (a retried Job, a second compose) would race; the lock goes with the connection.
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
        """Fails before anything is changed if the database is ahead of the code: nothing would work as it looks."""
        dropped = history.unknown_migrations(connection)
        if dropped:
            raise CommandError(
                f"The database has migrations that this commit does not have: {', '.join(dropped)}.\n"
                "An earlier commit applied them, and a force-push, a rebase or the way back to an older image has "
                "dropped them; Django cannot undo what it does not have. Nothing has been changed.\n"
                f"To begin with an empty database, migrated and seeded: {history.reset_command()}"
            )

    def _migrate(self):
        try:
            call_command("migrate", interactive=False)
        except Exception as error:
            traceback.print_exc()
            # Kubernetes shows the end of a failed container's log, so the last lines say what matters.
            raise CommandError(f"{self._next_migration()} failed: {type(error).__name__}: {error}") from None

    def _next_migration(self):
        """The first migration that isn't applied: the one that failed, for it was rolled back."""
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        return f"migration {plan[0][0]}" if plan else "migrate"

    def _seed(self):
        """Fills the database once. After that its rows are the reviewers', also those they have deleted."""
        if not SeedRun.objects.exists():
            with transaction.atomic():
                call_command("loaddata", "fixtures/preview_seed.json")
                call_command("seed_demo_data")
                SeedRun.objects.create()
        elif password := os.environ.get("DEMO_USER_PASSWORD"):
            ensure_reviewer(password)
