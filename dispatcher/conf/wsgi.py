"""The web process's entry: granian in WSGI mode loads `application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
application = get_wsgi_application()
