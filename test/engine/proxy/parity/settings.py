"""The product as a preview runs it, with the routes of this folder beside its own."""

from app.settings.preview import *
from app.settings.preview import MIDDLEWARE, REST_FRAMEWORK

ROOT_URLCONF = "parity.urls"
MIDDLEWARE = ["parity.views.note_down", *MIDDLEWARE]
# Enough to see that the web streams what Django takes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 60 * 1024**2
# Few enough that the seed's orders need several pages.
REST_FRAMEWORK = {**REST_FRAMEWORK, "PAGE_SIZE": 2}
