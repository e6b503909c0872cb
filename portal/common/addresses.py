"""URL converter for codes of dossiers and procedures and for tokens: letters, digits, dots and dashes."""

from django.urls import register_converter


class CodeConverter:
    """A code in a URL path, 1 to 60 characters. Anything else does not match (404) and never reaches the database."""

    regex = r"[0-9A-Za-z][0-9A-Za-z.\-]{0,59}"

    def to_python(self, value):
        return value

    def to_url(self, value):
        return str(value)


register_converter(CodeConverter, "code")
