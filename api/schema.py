"""How the OpenAPI schema is drawn up: inputs from the core's own description of them, problems on every endpoint."""

from __future__ import annotations

from typing import Any

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """Operations are named after their path and method."""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

