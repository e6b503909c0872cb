"""`./portalctl backup DIR`, `restore DIR` and `drill DIR`: database, uploaded files, signing keys and anchors.

DIR holds
    wal/            the database's log, archived by the server itself at least once a minute (portal/launch/archive.py)
    base/<time>/    one backup: base.tar.gz and pg_wal.tar.gz of the database, files/, signing/, anchors/, backup.json
Files in S3-compatible storage (STORAGE_URL) are fetched into files/ and brought back from there. After a restore each file that
a row names is read; what is missing or has another SHA-256 is named.
A backup is complete when its folder has lost the ending `.part`. The log after it leads to any later moment.
Keys lie in DIR as they lie in the portal: whoever reads DIR can sign, and reads everything.
"""

import datetime as dt
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .child import Child
from .console import say, step
from .lock import refuse_while_running
from .missing import Missing
from .places import Places, own_folder
from .postgres import SUPERUSER, Postgres, find_binaries
from .preparation import manage
from .supervisor import StopAsked, Supervisor

STORAGE = "STORAGE_URL"  # where it is set, files lie in S3-compatible storage
ADDRESS = "BACKUP_DATABASE_URL"  # of a role that may replicate; without it the embedded database is meant
RECOVERY_SECONDS = 3600.0
SHOWN = 200  # lines of the check after a restore
LIMITS = {  # word of pg_controldata: setting of the server
    "max_connections": "max_connections",
    "max_worker_processes": "max_worker_processes",
    "max_wal_senders": "max_wal_senders",
    "max_prepared_xacts": "max_prepared_transactions",
    "max_locks_per_xact": "max_locks_per_transaction",
}
STAMP = "%Y%m%dT%H%M%SZ"
RESTORED_LOG = "restored_wal"  # in the cluster's folder, until the recovery has ended


@dataclass(frozen=True)
class Backup:
    """One complete backup."""

    folder: Path

    @property
    def taken_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.folder.name)


# ---------------------------------------------------------------- backup
def backup(places: Places, folder: Path, *, files_only: bool = False) -> int:
    """Make a backup; with `files_only` add the files that are new to the last one. Raises Missing."""
    if files_only:
        last = _complete(folder)[-1:]
        if not last:
            raise Missing(f"Chưa có bản sao nào trong {folder}", f"./portalctl backup {folder}")
        say(f"  Thêm {_copy_all(places, last[0].folder)} tệp vào {last[0].folder}.")
        return 0
    began = dt.datetime.now(dt.UTC)
    made = folder / "base" / began.strftime(STAMP)
    part = own_folder(made.with_name(f"{made.name}.part"), os.geteuid())
    with step("Chép cơ sở dữ liệu"):
        _copy_database(places, part)
    with step("Chép tệp và khóa"):
        copied = _copy_all(places, part, known=_complete(folder)[-1:])
    ended = dt.datetime.now(dt.UTC)
    facts = {"taken_at": began.isoformat(), "finished_at": ended.isoformat(), "files": copied}
    (part / "backup.json").write_text(json.dumps(facts, indent=1))
    part.rename(made)
    say(f"  {made}: {copied} tệp, {(ended - began).total_seconds():.1f} giây.")
    return 0


def _copy_database(places: Places, target: Path) -> None:
    address = os.environ.get(ADDRESS)
    if not address:
        if os.environ.get("DATABASE_URL"):
            raise Missing(
                f"Chưa có {ADDRESS}: địa chỉ của một vai được sao chép (REPLICATION)", f"export {ADDRESS}=postgresql://…"
            )
        address = Postgres(places).address(SUPERUSER, "postgres")
    program = find_binaries(places).folder / "pg_basebackup"
    words = ["--format=tar", "--gzip", "--wal-method=stream", "--checkpoint=fast", "--no-password"]
    done = subprocess.run([program, *words, "-d", address, "-D", target], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"Không chép được cơ sở dữ liệu: {done.stderr.strip()}", f"rm -r {target}")


def _folders(places: Places, environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """What lies beside the database: {name in a backup: folder of the portal}."""
    return {
        **({} if environment.get(STORAGE) else {"files": places.var / "files"}),
        "signing": Path(environment.get("SIGNING_DIR") or places.var / "signing"),
        "anchors": Path(environment.get("ANCHOR_DIR") or places.var / "anchors"),
    }


def _copy_all(places: Places, target: Path, known: list[Backup] = ()) -> int:
    """Copy the files that `target` lacks; their number. Stored files never change, so a known one is linked, not copied."""
    copied = 0
    for name, source in _folders(places).items():
        for file in _files(source):
            there = target / name / file
            if name == "files" and there.exists():
                continue
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            before = known[0].folder / name / file if known and name == "files" else None
            _put(source / file, there, before)
            copied += 1
    if os.environ.get(STORAGE):
        older = ["--known", str(known[0].folder / "files")] if known else []
        copied += _stored_files(places, "save", str(target / "files"), *older)
    return copied


def _stored_files(places: Places, *words: str) -> int:
    """Copy files out of the storage or into it; how many. Raises Missing."""
    settings = os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
    variables = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, "PORTAL_VAR": str(places.var)}
    command = manage(places, "stored_files", *words)
    done = subprocess.run(command, env=variables, cwd=places.root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"Không chép được tệp ở {STORAGE}: {done.stderr.strip().splitlines()[-1]}")
    return int(done.stdout.split()[-1])


def _files(folder: Path) -> Iterator[Path]:
    """The files below a folder, without those that are being written."""
    for file in sorted(folder.rglob("*")):
        if file.is_file() and not file.name.startswith("."):
            yield file.relative_to(folder)


def _put(source: Path, target: Path, known: Path | None) -> None:
    if known and known.exists():
        os.link(known, target)
        return
    half = target.with_name(f".{target.name}.part")
    try:
        shutil.copy2(source, half)
    except FileNotFoundError:  # thrown away in the meantime: a draft's, say
        return
    half.replace(target)


def _complete(folder: Path) -> list[Backup]:
    """The complete backups, oldest first."""
    return [Backup(made.parent) for made in sorted(folder.glob("base/*Z/backup.json"))]


# ---------------------------------------------------------------- restore
def restore(places: Places, folder: Path, *, at: dt.datetime | None = None, cluster: Path | None = None) -> int:
    """Bring everything back into an empty place, up to the end of the archived log or to the moment `at`. Raises Missing.

    Exit code 1 when a file that a row names is missing or changed; it is named. With `cluster`, the data folder of another
    server, the database recovers when that server starts, and the files are to be looked at then.
    """
    postgres = _bring_back(places, folder, at, cluster)
    if postgres is None:
        say(f"  Khởi động máy chủ PostgreSQL trên {cluster}: nó đọc nốt nhật ký rồi tự mở.")
        say("  Rồi xem đủ tệp chưa: manage.py stored_files check")
        return 0
    with Supervisor() as supervisor:
        with step("Cơ sở dữ liệu đọc lại nhật ký"):
            _recover(postgres, supervisor)
        with step("Đọc lại mọi tệp mà cơ sở dữ liệu nêu tên"):
            code = supervisor.run_to_end(_check(places, postgres, supervisor, "stored_files", "check"))
    say("\n".join(f"  {line}" for line in _said(places)))
    return 0 if code == 0 else 1


def _bring_back(places: Places, folder: Path, at: dt.datetime | None = None, cluster: Path | None = None) -> Postgres | None:
    """Unpack database, files and keys into an empty place. The server that is to read the log; None with `cluster`."""
    refuse_while_running(places)
    postgres = None if cluster else Postgres(places)
    data = cluster or postgres.data
    chosen = _choose(folder, at)
    _refuse_what_is_not_empty([data, *_folders(places).values()])
    with step("Giải nén cơ sở dữ liệu"):
        _unpack(chosen, folder / "wal", data, at)
        _give(data, data / "PG_VERSION")
    with step("Chép lại tệp và khóa"):
        for name, target in _folders(places).items():
            if (chosen.folder / name).exists():
                shutil.copytree(chosen.folder / name, target, dirs_exist_ok=True)
                _give(target)
        if os.environ.get(STORAGE):
            _stored_files(places, "load", str(chosen.folder / "files"))
    return postgres


def _choose(folder: Path, at: dt.datetime | None) -> Backup:
    """The last complete backup, or the last one that was finished before `at`."""
    fit = [made for made in _complete(folder) if at is None or _finished_at(made) <= at]
    if not fit:
        raise Missing(f"Trong {folder} không có bản sao nào" + (" trước lúc đó" if at else ""), f"ls {folder}/base")
    return fit[-1]


def _finished_at(made: Backup) -> dt.datetime:
    return dt.datetime.fromisoformat(json.loads((made.folder / "backup.json").read_text())["finished_at"])


def _refuse_what_is_not_empty(folders: list[Path]) -> None:
    full = [str(folder) for folder in folders if folder.exists() and any(folder.iterdir())]
    if full:
        raise Missing(
            f"Nơi khôi phục chưa trống, không ghi đè lên: {', '.join(full)}", "PORTAL_VAR=/thư/mục/trống ./portalctl restore …"
        )


def _unpack(made: Backup, archived: Path, data: Path, at: dt.datetime | None) -> None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    _untar(made.folder / "base.tar.gz", data)
    _untar(made.folder / "pg_wal.tar.gz", data / "pg_wal")
    log = data / RESTORED_LOG
    log.mkdir()
    first = min((piece.name for piece in (data / "pg_wal").iterdir() if piece.is_file()), default="")
    for piece in archived.glob("*") if archived.exists() else ():
        if not piece.name.endswith(".part") and (piece.name >= first or piece.suffix == ".history"):
            shutil.copy2(piece, log / piece.name)
    recovery = {
        "restore_command": f"cp {RESTORED_LOG}/%f %p",
        "recovery_end_command": f"rm -rf {RESTORED_LOG}",
        "recovery_target_action": "promote",
        **({"recovery_target_time": at.isoformat(sep=" ")} if at else {}),
    }
    changed = data / "postgresql.auto.conf"
    kept = [line for line in changed.read_text().splitlines() if not line.startswith(("restore_command", "recovery_"))]
    changed.write_text("\n".join([*kept, *(f"{name} = '{value}'" for name, value in recovery.items()), ""]))
    (data / "recovery.signal").touch()


def _untar(archive: Path, target: Path) -> None:
    target.mkdir(mode=0o700, exist_ok=True)
    done = subprocess.run(["tar", "-xzf", archive, "-C", target], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Missing(f"Bản sao hỏng: {archive} ({done.stderr.strip().splitlines()[-1]})", f"ls -l {archive.parent}")


def _give(folder: Path, kept: Path | None = None) -> None:
    """When root restores for another user, give a folder to who owns the folder around it. If that is root, too (an empty volume
    of a container), to who owned the file `kept` of it when it was saved.
    """
    owner = folder.parent.stat()
    if owner.st_uid == 0 and kept:
        owner = kept.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        for path in [folder, *folder.rglob("*")]:
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _recover(postgres: Postgres, supervisor: Supervisor) -> None:
    """Start the server and wait until it has read the log and accepts writing."""

    def open_again() -> bool:
        return postgres.ready() and postgres.execute("SELECT pg_is_in_recovery()", "postgres").strip() == "f"

    postgres.settings = {**postgres.settings, **_limits_of(postgres)}
    supervisor.start([postgres.child(supervisor.environment(os.environ))], ready=open_again, seconds=RECOVERY_SECONDS)


def _limits_of(postgres: Postgres) -> dict[str, str]:
    """The limits of the server that wrote the log: one with lower ones refuses to read it."""
    program = postgres.binaries.folder / "pg_controldata"
    told = subprocess.run([program, postgres.data], env={"LC_ALL": "C"}, capture_output=True, text=True, check=True).stdout
    facts = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in told.splitlines())}
    return {setting: facts[f"{fact} setting"] for fact, setting in LIMITS.items()}


# ---------------------------------------------------------------- drill
def drill(places: Places, folder: Path) -> int:
    """Restore the last backup into an empty folder, check every dossier, print what was lost and how long it took, tidy up.

    Exit code 0 when all invariants hold. The portal may run meanwhile; its S3-compatible storage is not touched.
    """
    began, clock = dt.datetime.now(dt.UTC), time.monotonic()
    there = Places(root=places.root, var=places.var / "drill")
    _tidy(there)
    there.logs.mkdir(parents=True)
    aside = {name: os.environ.pop(name, None) for name in ("SIGNING_DIR", "ANCHOR_DIR", "BACKUP_DIR", STORAGE)}
    try:
        postgres = _bring_back(there, folder)
        with Supervisor() as supervisor:
            with step("Cơ sở dữ liệu đọc lại nhật ký"):
                _recover(postgres, supervisor)
            back = time.monotonic() - clock
            last = dt.datetime.fromisoformat(postgres.execute("SELECT max(at) AT TIME ZONE 'UTC' FROM portal_heartbeat").strip())
            with step("Kiểm tra mọi hồ sơ, giấy tờ, tiền"):
                code = supervisor.run_to_end(_check(there, postgres, supervisor, "check_invariants"))
            said = _said(there)
    except StopAsked:
        return 130
    finally:
        os.environ.update({name: value for name, value in aside.items() if value is not None})
        _tidy(there)
    lost = (began - last.replace(tzinfo=dt.UTC)).total_seconds()
    say(f"\n  Bản sao chụp lúc     {_choose(folder, None).taken_at:%Y-%m-%d %H:%M:%S} UTC")
    say(f"  Nhịp cuối có lại     {last:%Y-%m-%d %H:%M:%S} UTC, trước lúc diễn tập {lost:.0f} giây (rơ-le ghi mỗi phút một nhịp)")
    say(f"  Dựng lại trong       {back:.1f} giây; cùng kiểm tra {time.monotonic() - clock:.1f} giây")
    say("\n".join(f"  {line}" for line in said))
    return 0 if code == 0 else 1


def _check(places: Places, postgres: Postgres, supervisor: Supervisor, *words: str) -> Child:
    """This command of `manage.py` on the restored database; it writes into check.log."""
    variables = {
        **os.environ,
        "DATABASE_URL": postgres.address(SUPERUSER),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "portal.settings.dev"),
        "PORTAL_VAR": str(places.var),
        "LOG_LEVEL": "ERROR",
    }
    log = places.logs / "check.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    return Child("check", manage(places, *words), supervisor.environment(variables), places.root, log)


def _said(places: Places) -> list[str]:
    """The last lines of the check."""
    return (places.logs / "check.log").read_text().strip().splitlines()[-SHOWN:]


def _tidy(places: Places) -> None:
    from .postgres import outside_home

    for folder in (places.var, outside_home(places)):
        shutil.rmtree(folder, ignore_errors=True)
