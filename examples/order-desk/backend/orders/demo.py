"""Demo data that depends on the day or on a secret, and so can't stand in the fixture."""

from django.contrib.auth import get_user_model
from factory.random import reseed_random

from orders.factories import CustomerFactory, OrderFactory
from orders.models import Order

NEW, PACKED, SHIPPED = Order.Status.NEW, Order.Status.PACKED, Order.Status.SHIPPED
REVIEWER = "reviewer"

# customer, item, quantity, note, status, hours since it was placed
ORDERS = [
    ("Little Heron", "House espresso, 1 kg", 6, "", NEW, 1),
    ("Northlight Offices", "Filter roast Huila, 1 kg", 12, "Deliver to the loading bay, ask for Priya.", NEW, 3),
    ("Alder & Oat", "Decaf Sugarcane, 250 g", 8, "", NEW, 5),
    ("Café Lindgren", "Filter roast Yirgacheffe, 250 g", 24, "Roast no earlier than Monday, please.", PACKED, 20),
    ("The Reading Room", "House espresso, 1 kg", 4, "", PACKED, 26),
    ("Bread on Vine Street", "Cold brew blend, 1 kg", 3, "Coarse grind.", NEW, 29),
    ("Harbour Canteen", "House espresso, 1 kg", 15, "", SHIPPED, 51),
    ("Museum Tea Rooms", "Breakfast tea, 100 bags", 5, "", SHIPPED, 74),
    ("Alder & Oat", "House espresso, 1 kg", 10, "Same as last week.", SHIPPED, 98),
    ("Little Heron", "Filter roast Huila, 250 g", 12, "", SHIPPED, 122),
]


def seed_orders():
    for name, item, quantity, note, status, hours in ORDERS:
        OrderFactory(customer__name=name, item=item, quantity=quantity, note=note, status=status, hours=hours)
    # Older ones, so that there is more than one page.
    reseed_random("order desk")
    for customer in CustomerFactory.create_batch(4):
        OrderFactory.create_batch(6, customer=customer)


def ensure_reviewer(password):
    """Gives the account `reviewer`, who may do everything, this password.

    The password is a secret of one preview: anyone who may read the secret must be able to log in, so it is set
    again where it differs, even if someone has changed it in the admin.
    """
    reviewer, _ = get_user_model().objects.get_or_create(
        username=REVIEWER,
        defaults={"is_staff": True, "is_superuser": True},
    )
    if not reviewer.check_password(password):
        reviewer.set_password(password)
        reviewer.save()
