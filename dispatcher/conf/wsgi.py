"""The web process's entry: granian in WSGI mode loads `application`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from dispatcher.conf import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
tracing.begin("web")  # before the application: it adds itself to the middleware
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018  # every room is read now, not while somebody waits

# A full collection walks all locales and models, 140 ms in one of eighteen pages of a report.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 100)
