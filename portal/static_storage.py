"""Storage of collected static files: hashed names, and compressed copies of our own files."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.compress import Compressor

OWN_FOLDERS = ("css/", "js/", "img/")


class OwnFilesCompressed(ManifestStaticFilesStorage):
    """Hashed names for all files; .gz and .br copies for our own files only. Compressing the admin's files takes seconds."""

    def post_process(self, paths, dry_run=False, **options):
        compressor = Compressor(quiet=True)
        for name, hashed, processed in super().post_process(paths, dry_run=dry_run, **options):
            yield name, hashed, processed
            if not dry_run and isinstance(hashed, str) and hashed.startswith(OWN_FOLDERS):
                list(compressor.compress(self.path(hashed)))
