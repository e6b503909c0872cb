"""Digits of other scripts are refused in numbers and dates, by every form, API and file reader."""

import datetime as dt
import re
from types import SimpleNamespace

import pytest
from django import forms
from django.conf import settings
from django.contrib import admin

from dossiers.desk.forms.asking import ConsultForm
from dossiers.desk.forms.money import whole_dong
from dossiers.desk.ordering import DUE, _read_key
from payments.accounting.forms import BookDay
from payments.accounting.views.attempts import _day
from payments.gateways.bank import UnreadableCredit
from payments.gateways.bank import _moment as bank_moment
from payments.transfers.statement_files import amount_of, moment_of
from portal.common import clock
from portal.common.figures import day_in, is_digits, moment_in, number_in
from portal.common.form_fields import DayField, DongField, NumberField, TimeField

SCRIPTS = {
    "arabic": "٠١٢٣٤٥٦٧٨٩",
    "persian": "۰۱۲۳۴۵۶۷۸۹",
    "devanagari": "०१२३४५६७८९",
    "full width": "０１２３４５６７８９",
}


@pytest.fixture(params=SCRIPTS.values(), ids=SCRIPTS)
def other(request):
    """A function that writes the digits of a text in another script."""
    return lambda text: text.translate(str.maketrans("0123456789", request.param))


def test_numbers_days_and_moments_are_read_in_ascii_digits():
    assert number_in("0042") == 42 and is_digits("0") and number_in("9" * 18) == 10**18 - 1
    assert number_in("9" * 19) is None and number_in("123", 2) is None
    assert [number_in(text) for text in ("", "²", "-1", "+1", "1_0", " 1", "1.0", "1e3")] == [None] * 8
    assert day_in("2026-11-25") == dt.date(2026, 11, 25) and day_in("2026-02-29") is None and day_in("") is None
    assert moment_in("25/11/2026", "%d/%m/%Y") == dt.datetime(2026, 11, 25)  # noqa: DTZ001
    assert moment_in("2026-11-25T08:00:00+07:00").tzinfo and moment_in("no moment") is None


def test_other_digits_are_no_number_no_day_no_moment(other):
    assert number_in(other("42")) is None and not is_digits(other("4"))
    assert day_in(other("2026-11-25")) is None
    assert moment_in(other("25/11/2026"), "%d/%m/%Y") is None and moment_in(other("2026-11-25T08:00")) is None


def test_no_form_field_takes_them(other):
    today = clock.today()
    for day in (f"{today:%Y-%m-%d}", f"{today:%d/%m/%Y}"):
        with pytest.raises(forms.ValidationError):
            BookDay().clean(other(day))
    with pytest.raises(forms.ValidationError):
        DongField().clean(other("200000"))
    with pytest.raises(forms.ValidationError):
        ConsultForm.base_fields["hours"].clean(other("8"))
    with pytest.raises(forms.ValidationError):
        whole_dong(other("15.000"))
    assert DongField().clean("200000") == 200_000 and BookDay().clean(today.isoformat()) == today


def test_no_list_and_no_file_takes_them(other):
    today = clock.today()
    assert _day(other(today.isoformat())) is None and _day(today.isoformat()) == today
    keys = [_read_key(None, DUE, other(key)) for key in ("2026-11-25T08:00:00+00:00_7", "_7")]
    assert keys == [None, None] and _read_key(None, DUE, "_7") == (None, 7)
    for text in (f"{today:%d/%m/%Y} 08:00:00", f"{today:%d/%m/%Y}", f"{today}T08:00:00"):
        with pytest.raises(ValueError):
            moment_of(other(text))
    with pytest.raises(ValueError):
        amount_of(other("200.000"))
    with pytest.raises(UnreadableCredit):
        bank_moment(other(f"{today}T08:00:00+07:00"))


def test_the_admin_takes_them_nowhere(rf):
    """All editable numbers and dates of the admin use `portal.common.form_fields`, and the widgets of the admin."""
    request = rf.get("/")
    request.user = SimpleNamespace(pk=None, is_superuser=True, has_perm=lambda *_: True)
    plain = {forms.IntegerField, forms.DateField, forms.TimeField}
    found, bare = [], []
    for model, side in admin.site._registry.items():
        if not model.__module__.startswith(("accounts.", "procedures.", "dossiers.", "payments.")):
            continue
        for place in (side, *(inline(model, admin.site) for inline in side.inlines)):
            for field in place.model._meta.fields:
                made = field.editable and not field.is_relation and place.formfield_for_dbfield(field, request)
                if type(made) in plain and _may_change(place, request):
                    found.append(f"{type(place).__name__}.{field.name}")
                if isinstance(made, NumberField | DayField | TimeField) and not type(made.widget).__module__.startswith(
                    "unfold."
                ):
                    bare.append(f"{type(place).__name__}.{field.name}")
    assert (found, bare) == ([], [])


def _may_change(place, request):
    return type(place).__name__ != "DueRowAdmin" and not any(base.__name__ == "ReadOnly" for base in type(place).__mro__)


def test_whoever_reads_digits_does_it_here():
    """`isdecimal`, `isnumeric` and `\\d` accept other digits; `isdigit` and `strptime` are safe only after an ASCII check."""
    strange = re.compile(r"isdecimal\(|isnumeric\(|strptime\(|\br\".*\\d.*\"")
    allowed = {"portal/common/figures.py", "portal/common/drawings.py", "procedures/search/text.py",
               "procedures/search/reading.py", "procedures/search/asked.py",
               "portal/launch/postgres.py", "payments/mock_gateway/clock.py"}  # fmt: skip
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{number}"
        for app in ("portal", "accounts", "procedures", "dossiers", "payments")
        for path in sorted((settings.BASE_DIR / app).rglob("*.py"))
        if "migrations" not in path.parts and str(path.relative_to(settings.BASE_DIR)) not in allowed
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if strange.search(line)
    ]
    assert found == []
