from django.contrib.auth import authenticate, login, logout
from django.middleware.csrf import get_token
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView


class CredentialsSerializer(serializers.Serializer):
    username = serializers.CharField()
    password = serializers.CharField(trim_whitespace=False, style={"input_type": "password"})

    def validate(self, data):
        user = authenticate(self.context["request"], **data)
        if user is None:
            raise serializers.ValidationError("This name and password don’t go together.")
        return {"user": user}


@method_decorator(never_cache, name="dispatch")
class SessionView(APIView):
    """Who is logged in. POST logs in, DELETE logs out; each answer has the CSRF token for the next request."""

    serializer_class = CredentialsSerializer

    def get(self, request):
        return self._answer(request, request.user)

    def post(self, request):
        credentials = CredentialsSerializer(data=request.data, context={"request": request})
        credentials.is_valid(raise_exception=True)
        user = credentials.validated_data["user"]
        login(request._request, user)
        return self._answer(request, user)

    def delete(self, request):
        logout(request._request)
        return self._answer(request, request._request.user)

    def _answer(self, request, user):
        return Response(
            {
                "username": user.get_username() or None,
                "is_staff": user.is_staff,
                "csrf_token": get_token(request._request),
            }
        )
