"""The web process's entry: granian in WSGI mode loads `application`."""

import os

from django.core.wsgi import get_wsgi_application

from dispatcher.conf import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
tracing.begin("web")  # before the application: it adds itself to the middleware
application = get_wsgi_application()
