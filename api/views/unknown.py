"""Whatever address the others do not know."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from rest_framework.request import Request

from api.permissions import Anyone
from api.throttles import PerAddress
from api.views.base import Endpoint


class UnknownAddress(Endpoint):
    """Nothing is here. Counted and answered like everything else, whoever asks."""

    permission_classes = [Anyone]
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Before any parameter is looked at: what is wrong is the address."""
        self._tightest = None
        self._limit(request, [PerAddress()])
        raise Http404
