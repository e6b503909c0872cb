"""Storage of collected static files: hashed names; our own files are made smaller."""

import rcssmin
import rjsmin
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from django.core.files.base import ContentFile
from whitenoise.compress import Compressor

OWN_FOLDERS = ("css/", "js/", "img/")


def smaller(name: str, text: str) -> str:
    """A style sheet or script of ours without comments and spare blanks; other files as they are."""
    make = {".css": rcssmin.cssmin, ".js": rjsmin.jsmin}.get(name[name.rfind(".") :])
    return make(text) if make else text


class OwnFilesCompressed(ManifestStaticFilesStorage):
    """Hashed names for all files. Our own style sheets and scripts are made smaller, and our own files get .gz and .br copies.
    Doing that for the admin's files takes seconds."""

    def _save(self, name, content):
        if name.startswith(("css/", "js/")):
            content.seek(0)
            content = ContentFile(smaller(name, content.read().decode()).encode())
        return super()._save(name, content)

    def post_process(self, paths, dry_run=False, **options):
        compressor = Compressor(quiet=True)
        for name, hashed, processed in super().post_process(paths, dry_run=dry_run, **options):
            yield name, hashed, processed
            if not dry_run and isinstance(hashed, str) and hashed.startswith(OWN_FOLDERS):
                list(compressor.compress(self.path(hashed)))
