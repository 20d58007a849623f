from rest_framework import serializers

from orders.models import Customer, Order


class CustomerSerializer(serializers.ModelSerializer):
    class Meta:
        model = Customer
        fields = ["id", "name", "city"]


class OrderSerializer(serializers.ModelSerializer):
    customer_name = serializers.CharField(source="customer.name", read_only=True)
    customer_city = serializers.CharField(source="customer.city", read_only=True)
    shipped_by = serializers.SlugRelatedField(slug_field="username", read_only=True)

    class Meta:
        model = Order
        fields = [
            "id",
            "customer",
            "customer_name",
            "customer_city",
            "item",
            "quantity",
            "note",
            "status",
            "created_at",
            "shipped_at",
            "shipped_by",
        ]
        read_only_fields = ["status", "created_at", "shipped_at"]
        extra_kwargs = {
            "customer": {"error_messages": dict.fromkeys(["required", "null"], "Please choose a customer.")},
            "item": {"error_messages": {"blank": "Please say what is ordered."}},
            "quantity": {"error_messages": {"invalid": "Please enter a whole number."}},
        }
