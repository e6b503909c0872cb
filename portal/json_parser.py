"""The JSON parser of the API. The size limit is Django's (DATA_UPLOAD_MAX_MEMORY_SIZE)."""

from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """The framework's parser, but too deep nesting is answered with 400 instead of 500."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("nested too deeply") from None
