from django.urls import include, path
from rest_framework.parsers import FormParser, JSONParser
from rest_framework_simplejwt.views import TokenObtainPairView, TokenRefreshView

from accounts import views

# A name and a password, or a token: no files, which anybody could send.
fields = {"parser_classes": [JSONParser, FormParser]}

urlpatterns = [
    path("token/", views.TokenView.as_view(**fields), name="token"),
    path("jwt/", TokenObtainPairView.as_view(**fields), name="jwt"),
    path("jwt/refresh/", TokenRefreshView.as_view(**fields), name="jwt-refresh"),
    path("login/<slug:provider>/", views.login, name="provider-login"),
    path("callback/<slug:provider>/", views.callback),
    # The browsable API's own login and logout.
    path("", include("rest_framework.urls")),
]
