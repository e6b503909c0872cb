"""What machines send: JSON. How much of it is read, the framework sees to (DATA_UPLOAD_MAX_MEMORY_SIZE)."""

from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """As the framework's, but nesting without end is an error of the sender (400), not ours."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("nested too deeply") from None
