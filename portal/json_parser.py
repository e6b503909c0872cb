"""The JSON parser of the API. The size limit is Django's (DATA_UPLOAD_MAX_MEMORY_SIZE)."""

import json

from django.utils.translation import gettext as _
from rest_framework import parsers
from rest_framework.exceptions import ParseError


class JSONParser(parsers.JSONParser):
    """The framework's parser, but too deep nesting and halves of surrogate pairs are answered with 400 instead of 500."""

    def parse(self, stream, media_type=None, parser_context=None):
        try:
            parsed = super().parse(stream, media_type, parser_context)
            json.dumps(parsed, ensure_ascii=False).encode()
        except RecursionError:
            raise ParseError(_("JSON lồng quá nhiều lớp.")) from None
        except UnicodeEncodeError:
            raise ParseError(_("JSON có chữ không thuộc Unicode.")) from None
        return parsed
