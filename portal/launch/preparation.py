"""What stands between an empty database and a portal that can answer: each step is done again only when its sources change."""

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
    """One command, what it is made from (patterns under the project) and what it must have left behind (paths)."""

    title: str
    command: list[str | Path]
    sources: tuple[str, ...]
    outputs: tuple[Path, ...] = ()
    as_owner: bool = False


def steps(places: Places) -> list[Step]:
    """All of it, in order. Each command may be run again without harm."""
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
        Step("Người và hồ sơ thử", manage(places, "seed_demo"), ("dossiers/demo/*.py", "data/**/*")),
        Step("Tiền phí thử", manage(places, "seed_payments_demo"), ("payments/demo.py", "dossiers/demo/*.py")),
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
    """Do what is due. What was done is written down beside the embedded cluster; for somebody else's database all is done."""
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
    """Where the demo people are written down for the launcher's greeting."""
    return places.var / "demo_people.json"


def fingerprint(root: Path, sources: Iterable[str]) -> str:
    """A hash over names and contents of all files that the patterns name."""
    found = {path for pattern in sources for path in _files(root, pattern)}
    whole = hashlib.sha256()
    for path in sorted(found):
        whole.update(str(path.relative_to(root)).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()


def _files(root: Path, pattern: str) -> Iterable[Path]:
    # A pattern that begins with ** looks into our own code only, not into the environment or the data folder.
    tops = [root / app for app in CODE] if pattern.startswith("**") else [root]
    return (path for top in tops for path in top.glob(pattern) if path.is_file() and path.suffix != ".pyc")


def translations(places: Places) -> list[str | Path]:
    """Babel compiles what people read: gettext's own compiler is not on a bare machine."""
    return [places.python, "-m", "babel.messages.frontend", "--quiet", "compile", "-D", "django", "-d", places.root / "locale"]


def manage(places: Places, *words: str) -> list[str | Path]:
    return [places.python, places.root / "manage.py", *words]
