"""The archive of the database's log: what leads from a backup to any later moment (portal/launch/backup.py)."""

import os
import shlex
from pathlib import Path

from .places import own_folder

ARCHIVE_SECONDS = 60  # a piece of the log that is not full is archived after this time


def archive_settings(folder: Path) -> dict[str, str]:
    """Settings of PostgreSQL that archive its log into DIR/wal. A piece that lies there already is not archived twice."""
    wal = shlex.quote(str(folder / "wal"))
    copy = f"cp %p {wal}/%f.part && sync {wal}/%f.part && mv {wal}/%f.part {wal}/%f"
    return {
        "archive_mode": "on",
        "archive_timeout": str(ARCHIVE_SECONDS),
        "archive_command": f"cmp -s %p {wal}/%f || (test ! -e {wal}/%f && {copy})",
    }


def archiving(account_id: int) -> dict[str, str]:
    """The settings for the folder named in BACKUP_DIR; none without it. `account_id`: user of the server, which writes there."""
    if not (named := os.environ.get("BACKUP_DIR")):
        return {}
    folder = Path(named).resolve()
    if not folder.exists():
        folder.mkdir(parents=True)
        folder.chmod(0o755)  # whatever the umask: the server is another user and must reach its folder in it
    own_folder(folder / "wal", account_id)
    return archive_settings(folder)
