from django.contrib import admin
from django.db.models import Count
from django.utils import timezone

from orders.models import Customer, Order


class OrderInline(admin.TabularInline):
    model = Order
    extra = 0
    fields = ["item", "quantity", "status", "note", "created_at"]
    readonly_fields = ["created_at"]
    show_change_link = True


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):
    list_display = ["name", "city", "email", "order_count"]
    search_fields = ["name", "city", "email"]
    inlines = [OrderInline]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(order_count=Count("orders"))

    @admin.display(description="orders", ordering="order_count")
    def order_count(self, customer):
        return customer.order_count


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["id", "customer", "item", "quantity", "status", "created_at", "shipped_by"]
    list_display_links = ["id", "item"]
    list_filter = ["status", "created_at"]
    list_select_related = ["customer", "shipped_by"]
    search_fields = ["item", "note", "customer__name"]
    autocomplete_fields = ["customer"]
    fields = ["customer", "item", "quantity", "note", "status", "created_at", "shipped_at", "shipped_by"]
    readonly_fields = ["created_at", "shipped_at", "shipped_by"]
    actions = ["ship"]

    def save_model(self, request, order, form, change):
        """Keeps "shipped" and who did it together when the status is edited by hand."""
        if order.status != Order.Status.SHIPPED:
            order.shipped_at = order.shipped_by = None
        elif not order.shipped_at:
            order.shipped_at, order.shipped_by = timezone.now(), request.user
        super().save_model(request, order, form, change)

    @admin.action(description="Mark the selected orders as shipped")
    def ship(self, request, orders):
        shipped = sum(order.ship(request.user) for order in orders)
        self.message_user(request, f"{shipped} marked as shipped.")
