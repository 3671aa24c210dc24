"""An account for an address or a number that nobody has proven yet: typed, it makes no row; the code that comes back makes it."""

from __future__ import annotations

import json

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.userkit import user_id_to_str
from allauth.account.models import EmailAddress, Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import filter_users_by_email
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts import phones
from accounts.first_verification import remember_sign_up
from accounts.models import User
from lib.encryption import fernet_for
from lib.types import Record

NEW, SIGNING_UP = "accounts_new", "accounts_signing_up"
PURPOSE = "accounts signing up"
# Three codes: who was too slow for the first types nothing again.
LIFETIME_SECONDS = 3 * settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT


def account_with(email: str) -> User | None:
    """Whose address it is, be they allowed in or not."""
    known = next(iter(filter_users_by_email(email, prefer_verified=True)), None)
    return known or User.objects.filter(email=email).first()


def send_code_to_new(request: HttpRequest, *, email: str | None = None, phone: str | None = None) -> None:
    """To one of both. As allauth's own process for a known one, seen from outside; nobody's row is made yet."""
    process = _process(request, email, phone)
    process.state[NEW] = True
    send_again_to_new(request, process)


def send_again_to_new(request: HttpRequest, process: LoginCodeVerificationProcess) -> None:
    """The caller has counted it."""
    email, phone = process.state.get("email"), process.state.get("phone")
    code = process.state["code"] = get_adapter().generate_login_code()
    if phone:
        phones.send_code(phone, code)
    else:
        get_adapter().send_mail("account/email/login_code", email, {"request": request, "code": code})
    process.add_sent_message({"recipient": phone, "phone": phone} if phone else {"email": email, "recipient": email})
    process.persist()


def tell_that_account_exists(request: HttpRequest, email: str) -> None:
    """Who signs up with a taken address sees the same page; its owner reads that there is an account."""
    process = _process(request, email, None)
    process.send()
    process.persist()


def _process(request: HttpRequest, email: str | None, phone: str | None) -> LoginCodeVerificationProcess:
    login = Login(user=None, email=email, signup=True)
    login.state["stages"] = {"current": "login_by_code"}
    stage = LoginByCodeStage(LoginStageController(request, login), request, login)
    stage.state.update(LoginCodeVerificationProcess.initial_state(user=None, email=email, phone=phone), initiated_by_user=True)
    return LoginCodeVerificationProcess(stage=stage)


def is_new(process: LoginCodeVerificationProcess) -> bool:
    return bool(process.state.get(NEW)) and process.user is None


def make_account(request: HttpRequest, process: LoginCodeVerificationProcess) -> bool:
    """The code has come back. False: meanwhile the address or number belongs to an account that may not sign in."""
    number = process.state.get("phone")
    user = _with_number(number) if number else _with_address(request, process.state["email"])
    if not user.is_active or user.is_service:
        return False
    process._user = process.stage.login.user = user
    process.state["user_id"] = user_id_to_str(user)
    return True


def _with_address(request: HttpRequest, email: str) -> User:
    with transaction.atomic():
        user = account_with(email)
        if user is None:
            user = User.objects.create_user(email=email, password=None, language=get_language() or "")
            _finish_sign_up(request, user)
        # The code proves the address; without this row a second code would be asked for.
        EmailAddress.objects.get_or_create(user=user, email=email, defaults={"primary": user.email == email})
    return user


def _with_number(number: str) -> User:
    """An account without an address, where nobody has the number yet. Of two codes that come back at once one makes it."""
    try:
        with transaction.atomic():
            return phones.owner_of(number) or phones.make_with(number)
    except IntegrityError:
        return User.objects.get(phone__number=number)


def remember_signing_up(request: HttpRequest, email: str, name: str, password: str) -> None:
    """What was typed, for this browser alone, unreadable where it lies."""
    told = {"email": email, "name": name, "password": make_password(password or None), "language": get_language() or ""}
    request.session[SIGNING_UP] = fernet_for(PURPOSE).encrypt(json.dumps(told).encode()).decode()


def _finish_sign_up(request: HttpRequest, user: User) -> None:
    told = _signing_up(request)
    if told.get("email") != user.email:
        return
    user.name, user.password, user.language = told["name"], told["password"], told["language"]
    user.save(update_fields=["name", "password", "language"])
    remember_sign_up(request, user)


def _signing_up(request: HttpRequest) -> Record:
    try:
        sealed = request.session.pop(SIGNING_UP, "").encode()
        return json.loads(fernet_for(PURPOSE).decrypt(sealed, LIFETIME_SECONDS))
    except InvalidToken:
        return {}
