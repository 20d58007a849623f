from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone


class Customer(models.Model):
    name = models.CharField(max_length=80, unique=True)
    city = models.CharField(max_length=60)
    email = models.EmailField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self):
        return self.name


class Order(models.Model):
    class Status(models.TextChoices):
        NEW = "new", "New"
        PACKED = "packed", "Packed"
        SHIPPED = "shipped", "Shipped"

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="orders")
    item = models.CharField(max_length=80)
    quantity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(999)])
    note = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.NEW)
    created_at = models.DateTimeField("placed", default=timezone.now, editable=False)
    shipped_at = models.DateTimeField("shipped", null=True, editable=False)
    shipped_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-id"]

    def __str__(self):
        return f"#{self.pk} {self.quantity} × {self.item}"

    def ship(self, user):
        """Marks the order as shipped by `user`. False if someone else was quicker: the first one stays."""
        changes = {"status": self.Status.SHIPPED, "shipped_at": timezone.now(), "shipped_by": user}
        if not Order.objects.filter(pk=self.pk).exclude(status=self.Status.SHIPPED).update(**changes):
            return False
        self.refresh_from_db()
        return True


class SeedRun(models.Model):
    """The mark that the demo data has been put into this database, after which it belongs to its reviewers."""

    finished_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self):
        return f"seeded {self.finished_at:%Y-%m-%d %H:%M}"
