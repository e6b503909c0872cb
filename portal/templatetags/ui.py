"""Template tags and filters: icons, dates and money in words, form fields, and components that wrap content.

Components without content are files in templates/ui/; a comment at the top of each names its options.
"""

from django import template
from django.template.loader import render_to_string
from django.urls import translate_url
from django.utils.formats import number_format
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from portal.common import dates, identity, money
from portal.common.drawings import drawing
from portal.common.qr import qr_svg

register = template.Library()


SLA_ICONS = {"late": "alert", "today": "clock", "soon": "clock", "ok": "check", "hold": "pause"}
NOTICE_ICONS = {"info": "info", "ok": "check-c", "warn": "alert", "bad": "alert"}


@register.simple_tag
def icon(name, size=""):
    """One icon as SVG. `size`: "", "sm" or "lg"."""
    return drawing(f"i-{name}", f"ic ic--{size}" if size else "ic") if name else ""


@register.simple_tag
def illustration(name):
    """One illustration as SVG (photo, login, answer, qr, result, track, help, safe, empty, pay)."""
    return drawing(f"l-{name}", "ill") if name else ""


@register.simple_tag
def qr(text, label):
    """The QR code of a text as SVG; `label` is read by screen readers."""
    return qr_svg(text, label)


@register.simple_tag(takes_context=True)
def language_url(context, code):
    """The URL of this page in another language."""
    request = context.get("request")
    return translate_url(request.get_full_path(), code) if request else "/"


@register.filter
def masked_number(number):
    """A masked identity number; empty where there is none."""
    return identity.mask_number(number) if number else ""


@register.filter
def sla_icon(tone):
    """The icon of a deadline tag."""
    return SLA_ICONS.get(tone, "clock")


@register.filter
def notice_icon(tone):
    """The default icon of a notice."""
    return NOTICE_ICONS.get(tone, "info")


@register.filter
def message_tone(level_tag):
    """The tone of a Django message: success is ok, error is bad."""
    return {"success": "ok", "warning": "warn", "error": "bad"}.get(level_tag, "info")


@register.filter
def dong(amount):
    """An amount in đồng as text; empty for an unknown amount."""
    return "" if amount in (None, "") else money.dong(amount)


@register.filter
def grouped(number):
    """A number with thousands separators: 5.473 (in English 5,473)."""
    return number_format(number, use_l10n=True, force_grouping=True)


@register.filter
def long_day(day):
    """Weekday and day: "thứ năm, 27 tháng 8"."""
    return dates.long_day(day) if day else ""


@register.filter
def full_day(day):
    """Day in figures with its year: "27/8/2026"."""
    return dates.full_day(day) if day else ""


@register.filter
def clock_time(moment_):
    """Time of day: "9 giờ 41"."""
    return dates.clock_time(moment_) if moment_ else ""


@register.filter
def moment(moment_):
    """Time and day: "9 giờ 41, thứ năm, 27 tháng 8"."""
    return dates.moment(moment_) if moment_ else ""


@register.filter
def when(moment_, form):
    """A date or time in the form named: day, full, clock or moment."""
    return {"day": long_day, "full": full_day, "clock": clock_time}.get(form, moment)(moment_)


@register.filter
def tel(phone):
    """The URI of a call link."""
    return identity.phone_uri(str(phone or ""))


@register.filter
def initials(name):
    """The initials of the last two words of a name, for the badge of a person."""
    return "".join(word[0] for word in str(name or "").split()[-2:]).upper()


@register.filter
def glue(words):
    """The text with no-break spaces."""
    return str(words or "").replace(" ", dates.GLUE)


@register.filter
def as_lines(lines):
    """A list of texts, each on its own line."""
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))


@register.filter
def starts(words, beginning):
    """True when the text starts with `beginning`, or with one of several with spaces between."""
    return str(words or "").startswith(tuple(beginning.split()))


@register.filter
def yesno_is(value, wanted):
    """ "true" when the values are equal, else "false": for aria attributes."""
    return "true" if value == wanted else "false"


@register.filter
def control(field, width=""):
    """The input of a form field with the portal's classes, linked to its hint and error (aria-describedby)."""
    widget = field.field.widget
    kind = {"select": "select", "selectmultiple": "select", "textarea": "area"}.get(widget_kind(field), "input")
    described = [f"{field.id_for_label}-{part}" for part, there in (("hint", field.help_text), ("err", field.errors)) if there]
    attrs = {"class": " ".join(filter(None, [kind, f"input--{width}" if width else "", widget.attrs.get("class", "")]))}
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if field.errors:
        attrs["aria-invalid"] = "true"
    return field.as_widget(attrs=attrs)


@register.filter
def widget_kind(field):
    """The widget class of a form field in lower case: select, textarea, checkboxinput, radioselect, clearablefileinput …"""
    return type(field.field.widget).__name__.lower()


@register.filter
def summary_of(form):
    """The errors of a form for the error summary: [{"text", "href" of the input}]."""
    errors = [{"text": words, "href": ""} for words in form.non_field_errors()]
    for field in form:
        target = field.id_for_label or f"id_{field.html_name}"
        errors += [{"text": words, "href": f"#{target}"} for words in field.errors]
    return errors


def _component(template_name, content, **options):
    return mark_safe(render_to_string(template_name, {"content": content, **options}))  # rendered by a template


@register.simple_block_tag
def notice(content, tone="info", title="", icon="", small=False, level=2, role=""):
    """A highlighted notice; tone: info, ok, warn or bad."""
    return _component("ui/notice.html", content, tone=tone, title=title, icon=icon, small=small, level=level, role=role)


@register.simple_block_tag
def card(content, title="", tone="", level=2, id=""):
    """A card; tone: "", tint, brand or flush."""
    return _component("ui/card.html", content, title=title, tone=tone, level=level, id=id)


@register.simple_block_tag
def details(content, summary, open=False, plain=False):
    """A collapsible section."""
    return _component("ui/details.html", content, summary=summary, open=open, plain=plain)


@register.simple_block_tag
def result_panel(content, title, tone="ok", icon="check"):
    """The confirmation after an action: what happened and what comes next. Contains the page's h1."""
    return _component("ui/result_panel.html", content, title=title, tone=tone, icon=icon)


@register.simple_block_tag
def paper(content, title="", id=""):
    """A sheet that prints on one page, always black on white."""
    return _component("ui/paper.html", content, title=title, id=id)


@register.simple_block_tag
def actbar(content, label=""):
    """The bar of steps at the bottom of a staff page."""
    return _component("ui/actbar.html", content, label=label)


@register.simple_block_tag
def bulk_bar(content, label=""):
    """The bar of actions for the selected rows of a list."""
    return _component("ui/bulk_bar.html", content, label=label)


@register.simple_block_tag
def fieldset(content, legend, hint="", error="", id="", big=False):
    """A group of inputs with one legend."""
    return _component("ui/fieldset.html", content, legend=legend, hint=hint, error=error, id=id, big=big)
