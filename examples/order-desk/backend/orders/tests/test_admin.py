from django.contrib.auth import get_user_model
from django.test import TestCase

from orders.models import Customer, Order


class AdminTest(TestCase):
    def setUp(self):
        self.reviewer = get_user_model().objects.create_superuser("reviewer", password="a-secret-of-one-preview")
        self.client.force_login(self.reviewer)
        customer = Customer.objects.create(name="Little Heron", city="Cork")
        self.order = Order.objects.create(customer=customer, item="Tea", quantity=1)

    def edit(self, status):
        data = {"customer": self.order.customer_id, "item": "Tea", "quantity": 1, "note": "", "status": status}
        self.client.post(f"/admin/orders/order/{self.order.pk}/change/", data)
        self.order.refresh_from_db()

    def test_the_lists_open(self):
        lists = ["", "orders/order/", "orders/customer/", "accounts/identity/", "authtoken/tokenproxy/"]
        for path in [*lists, f"orders/order/{self.order.pk}/change/"]:
            with self.subTest(path):
                self.assertEqual(self.client.get(f"/admin/{path}").status_code, 200)

    def test_who_shipped_an_order_follows_its_status(self):
        self.edit("shipped")
        self.assertEqual(self.order.shipped_by, self.reviewer)
        self.assertIsNotNone(self.order.shipped_at)
        self.edit("packed")
        self.assertIsNone(self.order.shipped_by)
        self.assertIsNone(self.order.shipped_at)

    def test_several_orders_are_shipped_at_once(self):
        self.client.post("/admin/orders/order/", {"action": "ship", "_selected_action": [self.order.pk]})
        self.order.refresh_from_db()
        self.assertEqual(self.order.status, Order.Status.SHIPPED)
