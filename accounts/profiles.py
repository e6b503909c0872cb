"""What the portal knows of a person, in the words e-forms are filled in from (`profile.…` of forms.json)."""

from portal.common.identity import phone_for_display

FACTS = ["full_name", "gender", "id_type", "id_number", "id_issue_place", "email", "nationality", "birth_province",
         "permanent_address", "temporary_address", "current_address", "social_insurance_no"]  # fmt: skip


def profile_of(person, organisation=None):
    """Nested facts for `procedures.eforms.prefill`; what is not known is left out. Dates are ISO, phones national."""
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
    """As people type it: 0900000012."""
    return "".join(char for char in phone_for_display(phone) if char.isdigit()) if phone else ""
