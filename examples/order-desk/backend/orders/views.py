from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from orders.models import Customer, Order
from orders.serializers import CustomerSerializer, OrderSerializer


class CustomerViewSet(viewsets.ReadOnlyModelViewSet):
    queryset = Customer.objects.all()
    serializer_class = CustomerSerializer
    # The form offers all of them in one list.
    pagination_class = None


class OrderViewSet(mixins.CreateModelMixin, viewsets.ReadOnlyModelViewSet):
    """Anyone who can open the preview may look and place an order; shipping one takes a login."""

    queryset = Order.objects.select_related("customer", "shipped_by")
    serializer_class = OrderSerializer

    def filter_queryset(self, queryset):
        wanted = self.request.query_params.get("status")
        if not wanted:
            return queryset
        if wanted not in Order.Status:
            raise ValidationError({"status": f"must be one of {', '.join(Order.Status.values)}"})
        return queryset.filter(status=wanted)

    @action(detail=True, methods=["post"], permission_classes=[IsAuthenticated])
    def ship(self, request, pk=None):
        order = self.get_object()
        if not order.ship(request.user):
            return Response({"detail": "This order has already been shipped."}, status=status.HTTP_409_CONFLICT)
        return Response(self.get_serializer(order).data)
