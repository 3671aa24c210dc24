"""A passkey in software: registered for a person, it signs the challenge that a session was given."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from allauth.mfa.webauthn.internal.auth import STATE_SESSION_KEY, WebAuthn
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from django.urls import reverse
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

from accounts.models import User

HOST, ORIGIN = "testserver", "https://testserver"
FLAG = AuthenticatorData.FLAG


class SoftwarePasskey:
    """Registered when it is made."""

    def __init__(self, owner: User) -> None:
        self.private, self.number = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(16)
        known = AttestedCredentialData.create(bytes(16), self.number, ES256.from_cryptography_key(self.private.public_key()))
        data = self._data(FLAG.UP | FLAG.UV | FLAG.AT, known)
        made = CollectedClientData.create("webauthn.create", b"a challenge", ORIGIN)
        response = {"attestationObject": websafe_encode(AttestationObject.create("none", data, {})), "clientDataJSON": websafe_encode(made)}
        WebAuthn.add(owner, "手机", self._credential(response))

    def _data(self, flags: FLAG, known: bytes = b"") -> AuthenticatorData:
        return AuthenticatorData.create(hashlib.sha256(HOST.encode()).digest(), flags, 1, known)

    def _credential(self, response: dict[str, str]) -> dict[str, Any]:
        number = websafe_encode(self.number)
        return {"id": number, "rawId": number, "type": "public-key", "response": response, "clientExtensionResults": {}}

    def prove(self, client: Client) -> Any:
        """As the browser does on the page that asks again: the answer to what it posts."""
        address = reverse("mfa_reauthenticate_webauthn")
        client.get(address)
        challenge = client.session[STATE_SESSION_KEY]["challenge"]
        data, said = self._data(FLAG.UP | FLAG.UV), CollectedClientData.create("webauthn.get", challenge, ORIGIN)
        signature = self.private.sign(data + said.hash, ec.ECDSA(SHA256()))
        response = {
            "authenticatorData": websafe_encode(data),
            "clientDataJSON": websafe_encode(said),
            "signature": websafe_encode(signature),
        }
        return client.post(address, {"credential": json.dumps(self._credential(response))})
