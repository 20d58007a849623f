from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from app.health import healthz, readyz
from app.session import SessionView
from app.version import VersionView
from orders.views import CustomerViewSet, OrderViewSet

router = DefaultRouter()
router.register("customers", CustomerViewSet)
router.register("orders", OrderViewSet)

urlpatterns = [
    path("healthz", healthz),
    path("readyz", readyz),
    path("session/", SessionView.as_view(), name="session"),
    path("version/", VersionView.as_view(), name="version"),
    path("auth/", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("", include(router.urls)),
]

admin.site.site_header = "Order desk"
admin.site.site_title = "Order desk"
admin.site.index_title = "Administration"
# The site is the web's page, not Django's own root, to which a plain "/" would be completed.
admin.site.site_url = "/#orders"
