"""The data of a person under the names that e-forms are prefilled from (`profile.…` in forms.json)."""

from portal.common.identity import phone_for_display

FACTS = ["full_name", "gender", "id_type", "id_number", "id_issue_place", "email", "nationality", "birth_province",
         "permanent_address", "temporary_address", "current_address", "social_insurance_no"]  # fmt: skip


def profile_of(person, organisation=None):
    """Nested dict for `procedures.eforms.prefill`; unknown values are left out. Dates are ISO, phones in national form."""
    profile = {}
    if person:
        profile = {name: getattr(person, name) for name in FACTS}
        profile |= {"birth_date": _iso(person.birth_date), "id_issue_date": _iso(person.id_issue_date)}
        profile["phone"] = _national(person.phone)
    if organisation:
        profile["org"] = {
            "name": organisation.name,
            "tax_code": organisation.tax_code,
            "phone": _national(organisation.phone),
            "email": organisation.email,
            "address": organisation.address,
        }
    return {name: value for name, value in profile.items() if value not in (None, "", {})}


def _iso(day):
    return day.isoformat() if day else ""


def _national(phone):
    """Digits only, as people type it: 0900000012."""
    return "".join(char for char in phone_for_display(phone) if char.isdigit()) if phone else ""
