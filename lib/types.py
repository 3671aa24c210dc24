"""Names for shapes that every room passes around."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# What json.loads gives and json.dumps takes.
Json = str | int | float | bool | None | Sequence["Json"] | Mapping[str, "Json"]
JsonObject = dict[str, Json]
# What a template is given: it asks for names and is never checked.
Context = dict[str, object]
