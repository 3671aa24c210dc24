"""The door gunicorn opens."""

import os

from django.core.wsgi import get_wsgi_application

from supportdesk.slow_clients import answer_late_with_408
from supportdesk.start import refuse_what_is_wrong

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "supportdesk.settings")

application = answer_late_with_408(get_wsgi_application())
refuse_what_is_wrong()
