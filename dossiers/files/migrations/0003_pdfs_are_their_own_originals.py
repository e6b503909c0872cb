"""PDFs were always kept byte for byte, so the stored file is the original. Of pictures only the redrawn copy was kept."""

from django.db import migrations

FORWARD = """
UPDATE files_attachment
SET original_key = storage_key, original_sha256 = sha256, original_size = size, original_type = content_type
WHERE content_type = 'application/pdf' AND original_key = ''
"""


class Migration(migrations.Migration):
    dependencies = [("files", "0002_originals_thumbnails_and_replacements")]
    operations = [migrations.RunSQL(FORWARD, migrations.RunSQL.noop)]
