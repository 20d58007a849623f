from django.contrib.auth import get_user_model
from rest_framework.test import APIClient, APITestCase

from orders.models import Customer, Order


class OrdersTest(APITestCase):
    @classmethod
    def setUpTestData(cls):
        cls.ada = get_user_model().objects.create_user("ada", password="lovelace-1815")
        cls.bob = get_user_model().objects.create_user("bob", password="builder-1999")
        cls.customer = Customer.objects.create(name="Café Lindgren", city="Malmö")
        cls.order = Order.objects.create(customer=cls.customer, item="House espresso", quantity=2)

    def test_anyone_sees_the_newest_order_first(self):
        newer = Order.objects.create(customer=self.customer, item="Tea", quantity=1)
        with self.assertNumQueries(2):
            results = self.client.get("/orders/").data["results"]
        self.assertEqual([order["id"] for order in results], [newer.id, self.order.id])
        self.assertEqual(results[1]["customer_name"], "Café Lindgren")

    def test_the_list_can_be_narrowed_to_a_status(self):
        self.assertEqual(self.client.get("/orders/?status=new").data["count"], 1)
        self.assertEqual(self.client.get("/orders/?status=shipped").data["count"], 0)
        self.assertEqual(self.client.get("/orders/?status=").data["count"], 1)
        self.assertEqual(self.client.get("/orders/?status=lost").status_code, 400)

    def test_placing_an_order_takes_the_csrf_token_but_no_login(self):
        client = APIClient(enforce_csrf_checks=True)
        data = {"customer": self.customer.id, "item": "Tea", "quantity": 3, "status": "shipped"}
        self.assertEqual(client.post("/orders/", data).status_code, 403)

        token = client.get("/session/").data["csrf_token"]
        response = client.post("/orders/", data, headers={"X-CSRFToken": token})
        self.assertEqual(response.status_code, 201)
        self.assertEqual(response.data["status"], "new")

    def test_each_wrong_field_is_named(self):
        response = self.client.post("/orders/", {"item": " ", "quantity": "1000"})
        self.assertEqual(response.status_code, 400)
        self.assertEqual(set(response.data), {"customer", "item", "quantity"})

    def test_shipping_takes_a_login(self):
        self.assertEqual(self.client.post(f"/orders/{self.order.id}/ship/").status_code, 401)
        self.client.force_login(self.ada)
        response = self.client.post(f"/orders/{self.order.id}/ship/")
        self.assertEqual((response.data["status"], response.data["shipped_by"]), ("shipped", "ada"))

    def test_the_first_to_ship_stays_the_one_who_did(self):
        same_order_elsewhere = Order.objects.get(pk=self.order.pk)
        self.assertTrue(self.order.ship(self.ada))
        self.assertFalse(same_order_elsewhere.ship(self.bob))
        self.client.force_login(self.bob)
        self.assertEqual(self.client.post(f"/orders/{self.order.id}/ship/").status_code, 409)
        self.order.refresh_from_db()
        self.assertEqual(self.order.shipped_by, self.ada)
