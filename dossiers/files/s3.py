"""The backend of django-storages as the portal uses it. Imported only where STORAGE_URL is set: boto takes a while to load."""

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from storages.backends.s3 import S3Storage

CONNECT_SECONDS, ANSWER_SECONDS, TRIES = 3, 20, 2


class PrivateBucket(S3Storage):
    """Short waits, so that a storage that is away does not hold every thread of the web."""

    def __init__(self, **options):
        config = Config(
            s3={"addressing_style": options.get("addressing_style")},
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"mode": "standard", "total_max_attempts": TRIES},
        )
        super().__init__(**options, client_config=config, transfer_config=TransferConfig(use_threads=False))

    def url(self, *args, **kwargs):
        """Refused: who may see a file is asked by the portal at each reading."""
        raise NotImplementedError("files have no address of their own")
