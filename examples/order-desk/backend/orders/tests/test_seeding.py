import os
from io import StringIO
from unittest import mock

import psycopg
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import TestCase

from app.history import reset_command
from orders.management.commands.migrate_and_seed import LOCK
from orders.models import Customer, Order, SeedRun


def run(command, password=None):
    variables = {"DEMO_USER_PASSWORD": password} if password else {}
    with (
        mock.patch.dict(os.environ, variables),
        mock.patch("sys.stdout", StringIO()),
        mock.patch("sys.stderr", StringIO()),
    ):
        call_command(command)


def rows():
    return list(Customer.objects.order_by("pk").values()), list(Order.objects.order_by("pk").values())


class SeedingTest(TestCase):
    def test_the_first_run_fills_the_database(self):
        run("migrate_and_seed")
        self.assertEqual(Customer.objects.count(), 12)
        # More than one page of the list.
        self.assertGreater(Order.objects.count(), 20)
        self.assertEqual(SeedRun.objects.count(), 1)

    def test_later_runs_leave_what_reviewers_have_done(self):
        run("migrate_and_seed")
        Customer.objects.filter(name="Little Heron").update(city="Dublin")
        Order.objects.first().delete()
        Order.objects.create(customer=Customer.objects.first(), item="Mine", quantity=1)
        before = rows()
        run("migrate_and_seed")
        self.assertEqual(rows(), before)

    def test_a_second_run_at_the_same_time_has_to_wait(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
        free = []

        def migrate(*arguments, **options):
            with psycopg.connect(**connection.get_connection_params()) as another:
                free.append(another.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0])

        with mock.patch("orders.management.commands.migrate_and_seed.call_command", side_effect=migrate):
            run("migrate_and_seed")
        self.assertEqual(set(free), {False})

    def test_a_seed_that_fails_leaves_nothing_and_is_tried_again(self):
        with (
            mock.patch("orders.management.commands.seed_demo_data.seed_orders", side_effect=ValueError),
            self.assertRaises(ValueError),
        ):
            run("migrate_and_seed")
        self.assertFalse(Customer.objects.exists() or SeedRun.objects.exists())
        run("migrate_and_seed")
        self.assertTrue(SeedRun.objects.exists())

    def test_every_preview_is_filled_alike(self):
        def fill():
            run("migrate_and_seed")
            filled = set(Order.objects.values_list("customer__name", "customer__city", "item", "quantity", "status"))
            Order.objects.all().delete()
            Customer.objects.all().delete()
            SeedRun.objects.all().delete()
            return filled

        self.assertEqual(fill(), fill())

    def test_seed_demo_data_by_hand_adds_nothing_twice(self):
        run("seed_demo_data")
        before = rows()
        run("seed_demo_data")
        self.assertEqual(rows(), before)


class ReviewerTest(TestCase):
    def reviewer(self):
        return get_user_model().objects.get(username="reviewer")

    def test_without_a_secret_nobody_can_log_in(self):
        run("migrate_and_seed")
        self.assertFalse(get_user_model().objects.exists())

    def test_the_secret_is_the_password(self):
        run("migrate_and_seed", password="first-of-this-preview")
        self.assertTrue(self.client.login(username="reviewer", password="first-of-this-preview"))
        self.assertTrue(self.reviewer().is_superuser)

    def test_a_secret_that_comes_later_or_changes_counts(self):
        run("migrate_and_seed")
        for password in ["second-of-this-preview", "third-of-this-preview"]:
            run("migrate_and_seed", password=password)
            self.assertTrue(self.reviewer().check_password(password))

    def test_the_same_secret_again_ends_no_session(self):
        run("migrate_and_seed", password="first-of-this-preview")
        before = self.reviewer().password
        run("migrate_and_seed", password="first-of-this-preview")
        self.assertEqual(self.reviewer().password, before)


class FailureTest(TestCase):
    def test_a_failed_migration_speaks_last(self):
        # Two lines, as Postgres writes them.
        error = ProgrammingError('column "colour" does not exist\nLINE 1: SELECT colour')
        with (
            mock.patch("orders.management.commands.migrate_and_seed.call_command", side_effect=error),
            self.assertRaisesMessage(CommandError, f"failed: ProgrammingError: {error}"),
        ):
            run("migrate_and_seed")

    def test_a_database_that_is_ahead_of_the_code_is_left_alone(self):
        MigrationRecorder(connection).record_applied("orders", "0002_colour")
        with (
            mock.patch("orders.management.commands.migrate_and_seed.call_command") as changes,
            self.assertRaises(CommandError) as refused,
        ):
            run("migrate_and_seed")
        self.assertFalse(changes.called or SeedRun.objects.exists())
        lines = str(refused.exception).splitlines()
        self.assertIn("orders.0002_colour", lines[0])
        self.assertIn(reset_command(), lines[-1])
        # Kubernetes keeps no more of a log than this.
        self.assertLess(len(str(refused.exception)), 2000)

    def test_a_database_that_never_comes_is_given_up(self):
        module = "orders.management.commands.migrate_and_seed"
        with (
            mock.patch(f"{module}.TIMEOUT_SECONDS", 0),
            mock.patch(f"{module}.connection.ensure_connection", side_effect=OperationalError("refused")),
            mock.patch(f"{module}.time.sleep"),
            self.assertRaisesMessage(CommandError, "DATABASE_URL): refused"),
        ):
            run("migrate_and_seed")
