"""What happened to the database under other commits of the same pull request."""

import os
import re

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

PULL_REQUEST = re.compile(r"(?:[a-z0-9-]+-)?pr-([0-9]+)\.")


def unknown_migrations(connection):
    """Applied migrations that are missing in the code, as `app.name`, including those of missing apps.

    Migrations replaced by a squashed one aren't missing, even if their files are gone.
    """
    loader = MigrationLoader(None, load=False)
    loader.load_disk()
    replaced = {each for migration in loader.disk_migrations.values() for each in migration.replaces}
    applied = set(MigrationRecorder(connection).applied_migrations())
    return sorted(".".join(each) for each in applied - loader.disk_migrations.keys() - replaced)


def reset_command():
    """The command that empties the database in this environment."""
    pull_request = PULL_REQUEST.match(os.environ.get("PREVIEW_HOST", ""))
    # Compose has a PREVIEW_HOST as well; this one is set by Kubernetes, in every container.
    if pull_request and "KUBERNETES_SERVICE_HOST" in os.environ:
        return f"npx preview reset-db {pull_request[1]}"
    return "docker compose down --volumes (with the --file of before)"
