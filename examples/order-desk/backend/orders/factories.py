"""Demo data by the dozen. Made again with the same seed it is the same, and finds what is there already."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from orders.models import Customer, Order

ITEMS = [
    "House espresso, 1 kg",
    "House espresso, 250 g",
    "Filter roast Huila, 1 kg",
    "Filter roast Yirgacheffe, 250 g",
    "Cold brew blend, 1 kg",
    "Breakfast tea, 100 bags",
    "Drinking chocolate, 2 kg",
]
NOTES = ["", "", "", "Leave it with the neighbour.", "Beans for the shop window.", "Please call before delivery."]


class CustomerFactory(DjangoModelFactory):
    class Meta:
        model = Customer
        django_get_or_create = ["name"]

    name = factory.Faker("company", locale="en_GB")
    city = factory.Faker("city", locale="en_GB")
    email = factory.Faker("ascii_safe_email", locale="en_GB")


class OrderFactory(DjangoModelFactory):
    """`hours` since it was placed."""

    class Meta:
        model = Order
        django_get_or_create = ["customer", "item"]

    class Params:
        hours = factory.Faker("random_int", min=150, max=1500)

    customer = factory.SubFactory(CustomerFactory)
    item = factory.Faker("random_element", elements=ITEMS)
    quantity = factory.Faker("random_int", min=1, max=24)
    note = factory.Faker("random_element", elements=NOTES)
    status = Order.Status.SHIPPED
    created_at = factory.LazyAttribute(lambda order: timezone.now() - timedelta(hours=order.hours))
    shipped_at = factory.LazyAttribute(
        lambda order: order.created_at + timedelta(hours=18) if order.status == Order.Status.SHIPPED else None
    )
