"""A sum as plain text, the same on every page and in every letter."""

from decimal import Decimal, InvalidOperation


def money(amount: object, currency: str = "CNY") -> str:
    """¥1,280.00; another currency by its code; nothing for no amount."""
    if amount in (None, ""):
        return ""
    try:
        exact = Decimal(str(amount))
    except InvalidOperation:
        return str(amount)
    sign, number = "-" if exact < 0 else "", f"{abs(exact):,.2f}"
    return f"{sign}¥{number}" if currency == "CNY" else f"{sign}{number} {currency}"
