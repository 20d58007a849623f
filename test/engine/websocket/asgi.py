"""Greets by the name of Django's session, then echoes. Other sites' pages are refused by their Origin."""

from channels.auth import AuthMiddlewareStack
from channels.generic.websocket import WebsocketConsumer
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application
from django.urls import path

http = get_asgi_application()


class Echo(WebsocketConsumer):
    def connect(self):
        self.accept()
        self.send(self.scope["user"].get_username() or "anonymous")

    def receive(self, text_data=None, bytes_data=None):
        self.send(text_data, bytes_data)


sockets = URLRouter([path("ws/echo/", Echo.as_asgi())])
application = ProtocolTypeRouter(
    {"http": http, "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(sockets))}
)
