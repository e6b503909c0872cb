"""Amounts of money as text. All amounts in the portal are whole đồng."""

from django.utils.translation import get_language

GLUE = "\N{NO-BREAK SPACE}"


def dong(amount):
    """15000 as "15.000 đồng" (in English "VND 15,000"); a minus sign is kept in front."""
    grouped = f"{int(amount):,}".replace("-", "\N{MINUS SIGN}")
    if (get_language() or "").startswith("en"):
        return f"VND{GLUE}{grouped}"
    return f"{grouped.replace(',', '.')}{GLUE}đồng"
