"""How amounts and times are written on the gateway's pages."""

from django import template

from .. import clock

register = template.Library()


@register.filter
def dong(amount):
    """150000 → 150.000 đồng, with a space that does not break."""
    return f"{amount:,}".replace(",", ".") + "\u00a0đồng"


@register.filter
def local_time(moment):
    """The moment in Việt Nam: 9 giờ 05."""
    return f"{moment.astimezone(clock.GMT7):%-H}\u00a0giờ\u00a0{moment.astimezone(clock.GMT7):%M}" if moment else ""


@register.filter
def moment(value):
    """For the panel: 21/11 08:32:11."""
    return f"{value.astimezone(clock.GMT7):%d/%m %H:%M:%S}" if value else ""
