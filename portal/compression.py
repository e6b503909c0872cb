"""What travels compressed: pages as they are made, our own style sheets and scripts once, when they are collected."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.middleware.gzip import GZipMiddleware
from whitenoise.compress import Compressor

OWN_FOLDERS = ("css/", "js/", "img/")
TEXTS = {"text/html", "text/plain", "application/json"}


class PageCompression(GZipMiddleware):
    """Compress pages and JSON. Papers and photos are compressed already, and a download keeps its length.

    Django adds random padding, so that the length of a page tells nothing about the secrets in it (BREACH).
    """

    def process_response(self, request, response):
        if response.get("Content-Type", "").partition(";")[0] in TEXTS:
            return super().process_response(request, response)
        return response


class OwnFilesCompressed(ManifestStaticFilesStorage):
    """Hashed names for all files, .gz and .br beside our own only: the admin's hundreds would cost seconds at every start."""

    def post_process(self, paths, dry_run=False, **options):
        compressor = Compressor(quiet=True)
        for name, hashed, processed in super().post_process(paths, dry_run=dry_run, **options):
            yield name, hashed, processed
            if not dry_run and isinstance(hashed, str) and hashed.startswith(OWN_FOLDERS):
                list(compressor.compress(self.path(hashed)))
