"""References of tickets in addresses, for every door: `<ref:ref>`."""


class RefConverter:
    """A reference as tickets have it; anything else is no address."""

    regex = "[A-Za-z0-9-]{1,24}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
