import shlex

from django.conf import settings
from django.test import SimpleTestCase
from gunicorn.config import Config

from app.bodies import AT_ONCE


class EntrypointTest(SimpleTestCase):
    """What a read-only container that is stopped within five seconds needs of bin/api-entrypoint.sh."""

    script = (settings.BASE_DIR / "bin/api-entrypoint.sh").read_text().replace("\\\n", "")

    def test_it_serves_and_does_nothing_else(self):
        commands = [line for line in self.script.splitlines() if line and not line.startswith("#")]
        self.assertEqual(commands[0], "set -eu")
        # As process 1, so that it gets the signal that ends the container.
        self.assertTrue(commands[1].startswith("exec gunicorn app.wsgi:application "), commands[1])
        self.assertEqual(len(commands), 2)

    def test_its_options(self):
        arguments = shlex.split(self.script.partition("exec gunicorn")[2])
        options = vars(Config().parser().parse_args(arguments))
        self.assertEqual(options["bind"], ["0.0.0.0:8000"])
        # A worker with threads: one that is held by server-sent events leaves the others.
        self.assertEqual(options["worker_class"], "gthread")
        # Nor do bodies that are awaited take all of them.
        self.assertGreaterEqual(options["workers"] * options["threads"] - AT_ONCE, 16)
        # Neither writes to the disk, which is read-only.
        self.assertEqual(options["worker_tmp_dir"], "/dev/shm")
        self.assertTrue(options["control_socket_disable"])
        self.assertLess(options["graceful_timeout"], 5)
