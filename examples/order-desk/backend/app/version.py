import os

from rest_framework.response import Response
from rest_framework.views import APIView


class VersionView(APIView):
    """The revision that this API was built from, so that a reviewer sees which pair of images is running."""

    def get(self, request):
        return Response({"sha": os.environ.get("GIT_SHA")})
