import os
from unittest import mock

from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import SimpleTestCase, TestCase

from app.history import reset_command, unknown_migrations


class UnknownMigrationsTest(TestCase):
    def apply(self, app, name):
        MigrationRecorder(connection).record_applied(app, name)

    def test_a_database_as_the_code_has_it_has_none(self):
        self.assertEqual(unknown_migrations(connection), [])

    def test_those_of_apps_that_are_there_and_of_apps_that_are_gone_are_named(self):
        self.apply("orders", "0002_colour")
        self.apply("vouchers", "0001_initial")
        self.assertEqual(unknown_migrations(connection), ["orders.0002_colour", "vouchers.0001_initial"])

    def test_what_was_squashed_is_known(self):
        self.apply("orders", "0002_colour")
        squashed = migrations.Migration("0001_squashed_0002_colour", "orders")
        squashed.replaces = [("orders", "0001_initial"), ("orders", "0002_colour")]

        def load(loader):
            from_disk(loader)
            loader.disk_migrations["orders", squashed.name] = squashed

        from_disk = MigrationLoader.load_disk
        with mock.patch.object(MigrationLoader, "load_disk", load):
            self.assertEqual(unknown_migrations(connection), [])

    def test_an_empty_database_has_none(self):
        with mock.patch.object(MigrationRecorder, "has_table", return_value=False):
            self.assertEqual(unknown_migrations(connection), [])


class ResetCommandTest(SimpleTestCase):
    def command(self, variables):
        with mock.patch.dict(os.environ, variables, clear=True):
            return reset_command()

    def test_in_a_preview_it_names_the_pull_request(self):
        for host, number in [("pr-12.previews.example.com", 12), ("test-pr-90201.previews.localhost", 90201)]:
            with self.subTest(host):
                variables = {"PREVIEW_HOST": host, "KUBERNETES_SERVICE_HOST": "10.0.0.1"}
                self.assertEqual(self.command(variables), f"npx preview reset-db {number}")

    def test_elsewhere_it_is_composes(self):
        for variables in [
            {},
            {"PREVIEW_HOST": "pr-12.previews.example.com"},
            {"PREVIEW_HOST": "staging.example.com", "KUBERNETES_SERVICE_HOST": "10.0.0.1"},
        ]:
            with self.subTest(variables):
                self.assertTrue(self.command(variables).startswith("docker compose down --volumes"))
