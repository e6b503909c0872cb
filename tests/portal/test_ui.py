"""Components: every state has a style, every used icon exists, typed text is escaped."""

import re

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.template.loader import get_template, render_to_string

from dossiers.states import DossierState
from portal.common.drawings import symbols
from portal.templatetags.ui import NOTICE_ICONS, SLA_ICONS
from procedures.levels import ServiceLevel

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
NASTY = '<script>alert("a")</script>'


def draw(source, **context):
    return engines["django"].from_string(source).render(context)


def test_every_state_has_a_look_of_its_own_and_its_icon_exists():
    looks = [state.look for state in DossierState]
    assert len(set(looks)) == len(looks)
    for icon in [look.icon for look in looks] + [*SLA_ICONS.values(), *NOTICE_ICONS.values()]:
        assert f"i-{icon}" in symbols()


def test_a_level_is_said_in_words_beside_its_dots_and_the_ladder_marks_it():
    level = ServiceLevel.SUBMIT_ONLINE
    badge = draw('{% include "ui/level_badge.html" with level=level only %}', level=level)
    ladder = draw('{% include "ui/ladder.html" with level=level levels=levels only %}', level=level, levels=list(ServiceLevel))
    assert "Mức\N{NO-BREAK SPACE}3" in badge and "Nộp trên mạng" in badge
    assert ladder.count("aria-current") == 1 and ladder.count("<li") == 4


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_a_template_compiles_and_asks_only_for_drawings_there_are(path):
    get_template(str(path.relative_to(settings.BASE_DIR / "templates")))
    source = path.read_text(encoding="utf-8")
    asked = {f"i-{name}" for name in re.findall(r'{% icon "([\w-]+)"', source)}
    asked |= {f"l-{name}" for name in re.findall(r'{% illustration "([\w-]+)"', source)}
    assert asked <= set(symbols())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates")))
def test_a_page_carries_no_inline_style_or_script(path):
    source = path.read_text(encoding="utf-8")
    if "@page" in source:
        return  # a PDF template: rendered by WeasyPrint, without the content security policy
    assert not re.search(r'\sstyle="|\son[a-z]+="|<style|<script(?![^>]*\ssrc=)', source)


def test_each_component_says_its_options():
    for path in TEMPLATES:
        if path.parent.name == "ui":
            assert path.read_text(encoding="utf-8").startswith("{% comment %}"), path.name


def test_a_state_is_said_in_words_with_an_icon_beside():
    tag = render_to_string(
        "ui/state_badge.html", {"look": DossierState.COMPLETED.look, "label": "Đã có kết quả", "note": "đúng hẹn"}
    )
    assert "tag--ok" in tag and "<svg" in tag and 'aria-hidden="true"' in tag
    assert "Đã có kết quả, đúng hẹn" in tag


def test_an_unknown_icon_costs_the_page_nothing():
    assert draw('a{% icon "no-such" %}b{% icon missing %}c') == "abc"


@pytest.mark.parametrize(
    "source",
    [
        '{% include "ui/state_badge.html" with look=look label=text only %}',
        '{% include "ui/summary.html" with rows=rows only %}',
        '{% include "ui/input.html" with id="a" label=text value=text hint=text error=text only %}',
        '{% include "ui/who.html" with name=text role=text phone=text only %}',
        "{% notice title=text %}{{ text }}{% endnotice %}",
        "{% card title=text %}{{ text }}{% endcard %}",
        '{% qr "x" text %}',
    ],
)
def test_what_people_typed_is_shown_never_run(source):
    page = draw(
        source, look=DossierState.DRAFT.look, text=NASTY, rows=[{"term": NASTY, "value": NASTY}, {"term": "x", "lines": [NASTY]}]
    )
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_a_qr_code_is_an_image_with_a_name_and_its_quiet_zone():
    drawn = draw("{% qr text label %}", text="https://dvc.example.vn/kiem-tra/ABC", label='Mã "QR"')
    assert 'role="img"' in drawn and "Mã &quot;QR&quot;" in drawn
    assert re.search(r'viewBox="0 0 (\d+) \1"', drawn)


class Numbers(forms.Form):
    id_number = forms.RegexField(
        r"^\d{12}$", label="Số căn cước", help_text="12 số", error_messages={"invalid": "Số căn cước có 12 số"}
    )
    way = forms.ChoiceField(label="Cách nhận", widget=forms.RadioSelect, choices=[("a", "Trên cổng"), ("b", "Tại quầy")])


def test_a_django_field_keeps_what_was_typed_and_is_tied_to_its_error():
    form = Numbers({"id_number": "123", "way": "a"})
    page = draw('{% include "ui/field.html" with field=form.id_number width="w20" only %}', form=form)
    assert 'value="123"' in page and 'aria-invalid="true"' in page
    assert 'aria-describedby="id_id_number-hint id_id_number-err"' in page
    assert page.count("aria-describedby") == 1
    assert page.count('id="id_id_number-hint"') == page.count('id="id_id_number-err"') == 1


def test_the_error_summary_leads_to_inputs_that_exist():
    form = Numbers({"id_number": "123"})
    summary = draw('{% include "ui/errsum.html" with form=form only %}', form=form)
    fields = draw('{% for field in form %}{% include "ui/field.html" with field=field only %}{% endfor %}', form=form)
    targets = re.findall(r'href="#([\w-]+)"', summary)
    assert len(targets) == 2
    for target in targets:
        assert f'id="{target}"' in fields


def test_no_errors_no_summary():
    assert not draw(
        '{% include "ui/errsum.html" with form=form only %}', form=Numbers({"id_number": "0" * 12, "way": "a"})
    ).strip()


def test_free_is_said_in_words():
    assert "Không mất phí" in draw('{% include "ui/total.html" with total=0 only %}')


def test_a_sum_that_is_not_sure_yet_is_not_called_free():
    said = draw('{% include "ui/total.html" with total=0 provisional=True only %}')
    assert "Tạm tính" in said and "0\xa0đồng" in said and "Không mất phí" not in said


def test_large_counts_are_grouped():
    assert draw("{{ n|grouped }}", n=5473) == "5.473"
