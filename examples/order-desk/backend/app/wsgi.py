import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from app.bodies import Bodies
from app.prefix import Prefix

# The strict settings, so that a server started without this variable doesn't run in debug mode.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "app.settings.preview")

application = Prefix(Bodies(get_wsgi_application(), settings.DATA_UPLOAD_MAX_MEMORY_SIZE))
