"""What may stand in an address: codes of dossiers, procedures and secrets are letters, figures, dots and dashes."""

from django.urls import register_converter


class CodeConverter:
    """A code in a path; anything else is no address, so that odd bytes never reach the database."""

    regex = r"[0-9A-Za-z][0-9A-Za-z.\-]{0,59}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


register_converter(CodeConverter, "code")
