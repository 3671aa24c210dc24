"""An object store for the vault, chosen by EVIDENCE_S3_BUCKET. Sealed bytes go in and come out; no object ever gets an address."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile, File
from storages.backends.s3 import S3Storage

PATIENCE = {"connect_timeout": 5, "read_timeout": 20, "retries": {"max_attempts": 2, "mode": "standard"}}


@contextmanager
def _errors_as_oserror() -> Iterator[None]:
    """The vault knows one way for a store to be away: OSError. Raises FileNotFoundError for an object that is not there."""
    try:
        yield
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            raise FileNotFoundError(str(error)) from error
        raise OSError(str(error)) from error
    except BotoCoreError as error:
        raise OSError(str(error)) from error


class Bucket(S3Storage):
    """S3 as the vault needs it: private, nothing spooled to a disk. Names are random, so none is asked for before it is written."""

    def __init__(self, **settings: object) -> None:
        fixed = {"default_acl": None, "file_overwrite": True, "querystring_auth": False, "client_config": Config(**PATIENCE)}
        super().__init__(**settings, **fixed)

    def _open(self, name: str, mode: str = "rb") -> ContentFile:
        with _errors_as_oserror():
            found = self.bucket.Object(self._normalize_name(name)).get()
            return ContentFile(found["Body"].read(), name)

    def _save(self, name: str, content: File) -> str:
        with _errors_as_oserror():
            self.bucket.Object(self._normalize_name(name)).put(Body=content.read(), ContentType="application/octet-stream")
        return name

    def delete(self, name: str) -> None:
        with _errors_as_oserror():
            self.bucket.Object(self._normalize_name(name)).delete()

    def exists(self, name: str) -> bool:
        with _errors_as_oserror():
            return super().exists(name)

    def listdir(self, name: str) -> tuple[list[str], list[str]]:
        with _errors_as_oserror():
            return super().listdir(name)

    def get_modified_time(self, name: str) -> datetime:
        with _errors_as_oserror():
            return super().get_modified_time(name)

    def url(self, *args: Any, **kwargs: Any) -> str:
        """Raises NotImplementedError: every byte leaves through one authorised view."""
        raise NotImplementedError("evidence has no address")
