"""The steps from an empty database to a working portal. A step runs again only when its source files change."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .child import Child
from .console import step
from .places import Places
from .services import Services
from .supervisor import Supervisor

CODE = ("portal", "accounts", "procedures", "dossiers", "payments")


@dataclass(frozen=True)
class Step:
    """One command with its source files (patterns under the project) and its output files. `as_owner`: use the owner role."""

    title: str
    command: list[str | Path]
    sources: tuple[str, ...]
    outputs: tuple[Path, ...] = ()
    as_owner: bool = False


def steps(places: Places) -> list[Step]:
    """All steps, in order. Each command is idempotent."""
    catalogues = sorted(places.root.glob("locale/*/LC_MESSAGES/*.po"))
    compiled = tuple(catalogue.with_suffix(".mo") for catalogue in catalogues)
    return [
        *([Step("Bản dịch", translations(places), ("locale/**/*.po",), compiled)] if catalogues else []),
        Step(
            "Bảng dữ liệu",
            manage(places, "migrate", "--noinput", "-v0"),
            tuple(f"{app}/**/migrations/*.py" for app in CODE),
            as_owner=True,
        ),
        Step("Danh mục thủ tục", manage(places, "load_data"), ("data/**/*", "procedures/**/*.py", "accounts/models/*.py")),
        Step(
            "Điểm thu phí",
            manage(places, "load_collection_points"),
            ("data/collection_points_demo.json", "data/offerings_demo.json", "payments/management/commands/*.py"),
        ),
        Step(
            "Khóa ký thử nghiệm",
            manage(places, "ensure_signing_keys"),
            ("dossiers/papers/*.py", "data/agencies.json"),
            (places.var / "signing",),
        ),
        # The past of the demo is made up, which the database lets its owner do and nobody else.
        Step("Người và hồ sơ thử", manage(places, "seed_demo"), ("dossiers/demo/*.py", "data/**/*"), as_owner=True),
        Step("Bốn tuần ở một cửa, bưu gửi thử", manage(places, "seed_demo_post"), ("dossiers/demo/*.py",), as_owner=True),
        Step("Tiền phí thử", manage(places, "seed_payments_demo"), ("payments/demo.py", "dossiers/demo/*.py"), as_owner=True),
        Step(
            "Bảng người thử",
            manage(places, "show_demo_people", "--json", str(demo_people(places))),
            ("dossiers/demo/people.py", "**/show_demo_people.py"),
            (demo_people(places),),
        ),
        Step(
            "Tệp giao diện",
            manage(places, "collectstatic", "--noinput", "-v0"),
            ("static/**/*", "requirements/run.txt"),
            (places.var / "static" / "staticfiles.json",),
        ),
    ]


def prepare(places: Places, supervisor: Supervisor, servers: Services, variables: Mapping[str, str]) -> None:
    """Run the steps that are due. Done steps are recorded beside the embedded cluster; with an external database all run."""
    done = servers.postgres.remembered() if servers.postgres else {}
    as_owner = {**variables, "DATABASE_URL": servers.owner}
    for due in steps(places):
        now = fingerprint(places.root, due.sources)
        if done.get(due.title) == now and all(left.exists() for left in due.outputs):
            continue
        environment = as_owner if due.as_owner else variables
        with step(due.title):
            supervisor.step(Child(due.title, due.command, environment, places.root, places.logs / "setup.log"))
        done[due.title] = now
        if servers.postgres:
            servers.postgres.remember(done)


def demo_people(places: Places) -> Path:
    """The file with the demo logins for the launcher's welcome text."""
    return places.var / "demo_people.json"


def fingerprint(root: Path, sources: Iterable[str]) -> str:
    """SHA-256 over the names and contents of all files that match the patterns."""
    found = {path for pattern in sources for path in _files(root, pattern)}
    whole = hashlib.sha256()
    for path in sorted(found):
        whole.update(str(path.relative_to(root)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _files(root: Path, pattern: str) -> Iterable[Path]:
    # A pattern that begins with ** searches our own code only, not the environment or the data folder.
    tops = [root / app for app in CODE] if pattern.startswith("**") else [root]
    return (path for top in tops for path in top.glob(pattern) if path.is_file() and path.suffix != ".pyc")


def translations(places: Places) -> list[str | Path]:
    """The command that compiles the translations. Uses Babel, because gettext may be missing."""
    return [places.python, "-m", "babel.messages.frontend", "--quiet", "compile", "-D", "django", "-d", places.root / "locale"]


def manage(places: Places, *words: str) -> list[str | Path]:
    return [places.python, places.root / "manage.py", *words]
