"""Amounts of money as people read them. Everywhere in the portal an amount is a whole number of đồng."""

from django.utils.translation import get_language

GLUE = "\N{NO-BREAK SPACE}"


def dong(amount):
    """15000 as "15.000 đồng" (in English "VND 15,000"); the sign of a refund stays in front."""
    grouped = f"{int(amount):,}".replace("-", "\N{MINUS SIGN}")
    if (get_language() or "").startswith("en"):
        return f"VND{GLUE}{grouped}"
    return f"{grouped.replace(',', '.')}{GLUE}đồng"
