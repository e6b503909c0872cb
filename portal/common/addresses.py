"""URL converter for codes of dossiers and procedures and for tokens: letters, digits, dots and dashes."""

from django.urls import register_converter

from portal.common.codes import DASHES, dossier_code_in


class CodeConverter:
    """A code in a URL path, 1 to 60 characters. Anything else does not match (404) and never reaches the database."""

    regex = r"[0-9A-Za-z][0-9A-Za-z.\-]{0,59}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


class DossierCodeConverter(CodeConverter):
    """A dossier code in a URL path, read like a typed one: small letters and long dashes lead to the same dossier."""

    regex = rf"[0-9A-Za-z][0-9A-Za-z.\- {DASHES}]{{0,59}}"

    def to_python(self, value):
        return dossier_code_in(value)


register_converter(CodeConverter, "code")
register_converter(DossierCodeConverter, "dossier_code")
