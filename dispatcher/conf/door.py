"""The receipts' door's entry: granian in RSGI mode loads `application`."""

import gc
import os
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dispatcher.conf.settings")
django.setup()
import_module("dispatcher.conf.tracing").begin("door")
application = import_module("dispatcher.hooks.door").Door()
# What was loaded stays for good: the collector need not walk it again.
gc.freeze()
gc.set_threshold(50_000, 20, 100)
