"""What every endpoint does before and after its own work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial, wraps
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import BaseContentNegotiation, DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from api import problems
from api.idempotency import answer_once
from api.permissions import caller
from api.throttles import PerAddress, PerUser, PerVisitor, Throttle
from lib.zones import DEFAULT_ZONE

MAY_BE_EMPTY = frozenset({"q", "cursor", "after", "script"})  # a field of search that nobody filled, a first page


class AlwaysJSON(DefaultContentNegotiation):
    """There is one format. What Accept says is no reason to say nothing."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        only = next(iter(renderers))
        return only, only.media_type


def check_query(request: Request, known: Iterable[OpenApiParameter]) -> None:
    """A misspelt filter would be a list of everything. Raises ValidationError naming what is strange, empty or said twice."""
    by_name = {parameter.name: parameter for parameter in known}
    several = [each for each in by_name.values() if isinstance(each.type, dict) and each.type["type"] == "array"]
    errors: dict[str, list[str]] = {}
    for name, values in request.query_params.lists():
        if name not in by_name:
            errors[name] = [_("There is no such parameter. This address knows: %(names)s.") % {"names": ", ".join(by_name) or "–"}]
        elif len(values) > 1 and by_name[name] not in several:
            errors[name] = [_("Say it once.")]
        elif name not in MAY_BE_EMPTY and not all(value.strip() for value in values):
            errors[name] = [_("Give it a value, or leave it out.")]
    if errors:
        raise ValidationError(errors)


class Endpoint(APIView):
    """An endpoint: limits, who asks, what they may, in which language; instants in the zone the desk counts in."""

    content_negotiation_class: type[BaseContentNegotiation] = AlwaysJSON

    throttle_classes: Sequence[type[BaseThrottle]] = [PerUser, PerVisitor]
    scopes: Mapping[str, str] = {}  # by method, what a token must be good for; what is not named here is open to no token
    queries: Sequence[OpenApiParameter] = ()  # what GET may be asked with; the schema reads them here as well

    def scope_of(self, request: Request) -> str | None:
        """What this request's token must be good for."""
        return self.scopes.get("GET" if request.method == "HEAD" else str(request.method))

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        timezone.activate(ZoneInfo(DEFAULT_ZONE))
        self._tightest: Throttle | None = None
        self._limit(request, [PerAddress()])  # before any token is looked at: guesses are counted
        if request.method == "OPTIONS":
            return  # what an address can do is no secret
        super().initial(request, *args, **kwargs)
        check_query(request, self.queries if request.method in ("GET", "HEAD") else ())

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # type: ignore[override]
        """Which methods there are, in Allow. Pages of other sites are not let in: nothing here answers a browser's preflight with leave."""
        return Response(status=204)

    def perform_authentication(self, request: Request) -> None:
        super().perform_authentication(request)
        if request.user.is_authenticated:
            # A client in one process keeps the instance while groups change: roles are read anew for each request.
            caller(request)._roles = None
            _activate_language(request, caller(request).language)
        self._limit(request, self.get_throttles())

    def check_throttles(self, request: Request) -> None:
        """Done already, before permissions: who is turned away is counted too."""

    def _limit(self, request: Request, throttles: Iterable[BaseThrottle]) -> None:
        for throttle in throttles:
            allowed = throttle.allow_request(request, self)
            if isinstance(throttle, Throttle) and throttle.limit and (not self._tightest or throttle.remaining < self._tightest.remaining):
                self._tightest = throttle
            if not allowed:
                self.throttled(request, throttle.wait() or 1)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers.setdefault("Cache-Control", "private, no-store")
        if tightest := getattr(self, "_tightest", None):
            for name in ("limit", "remaining", "reset"):
                response.headers[f"RateLimit-{name.title()}"] = str(getattr(tightest, name))
        return super().finalize_response(request, response, *args, **kwargs)


def _activate_language(request: Request, language: str) -> None:
    """What the request asks for, before what the reader has chosen for the pages."""
    if "Accept-Language" in request.headers:
        language = _preferred_language(request.headers["Accept-Language"]) or language
    if language:
        translation.activate(language)
        request._request.LANGUAGE_CODE = language


def _preferred_language(header: str) -> str | None:
    """The first language of the header that we speak."""
    for code, _quality in parse_accept_lang_header(header):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return None


class IdempotentEndpoint(Endpoint):
    """An endpoint with POST: once per Idempotency-Key. Subclasses say in `act` what it does, or in `prepare` what goes before it."""

    secret_fields: tuple[str, ...] = ()

    def post(self, request: Request, **kwargs: Any) -> Response:
        return answer_once(request, lambda: self._prepare_or_refuse(request, **kwargs), self.secret_fields)

    @contextmanager
    def _prepare_or_refuse(self, request: Request, **kwargs: Any) -> Iterator[Callable[[], Response]]:
        """Refusals are answers, beforehand too. Faults of ours are raised."""
        with ExitStack() as stack:
            try:
                act = stack.enter_context(self.prepare(request, **kwargs))
            except problems.EXPECTED_ERRORS as error:
                act = partial(problems.answer, error, request)
            yield partial(_act_or_problem, request, act)

    def prepare(self, request: Request, **kwargs: Any) -> AbstractContextManager[Callable[[], Response]]:
        """What is to be done before the transaction of the answer (files go to the store), and what is then done in it."""
        return nullcontext(partial(self.act, request, **kwargs))

    def act(self, request: Request, **kwargs: Any) -> Response:
        raise NotImplementedError


Handler = TypeVar("Handler", bound=Callable[..., Response])


def once(handler: Handler) -> Handler:
    """A PATCH that takes an Idempotency-Key like any POST: with If-Match the same request sent again would be told 412."""

    @wraps(handler)
    def answer(endpoint: Endpoint, request: Request, **kwargs: Any) -> Response:
        act = partial(_act_or_problem, request, partial(handler, endpoint, request, **kwargs))
        return answer_once(request, lambda: nullcontext(act))

    return cast("Handler", answer)


def _act_or_problem(request: Request, act: Callable[[], Response]) -> Response:
    try:
        return act()
    except problems.EXPECTED_ERRORS as error:
        return problems.answer(error, request)
