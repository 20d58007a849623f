from django.urls import include, path
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from accounts import views

urlpatterns = [
    path("token/", views.TokenView.as_view(), name="token"),
    path("jwt/", TokenObtainPairView.as_view(), name="jwt"),
    path("jwt/refresh/", TokenRefreshView.as_view(), name="jwt-refresh"),
    path("login/<slug:provider>/", views.login, name="provider-login"),
    path("callback/<slug:provider>/", views.callback),
    # The browsable API's own login and logout.
    path("", include("rest_framework.urls")),
]
