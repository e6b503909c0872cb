"""The command `./portalctl`, run by a Python with only the standard library."""

import ast
import os
import re
import subprocess
import sys

import pytest

from portal.launch.places import ROOT

LAUNCHER = sorted((ROOT / "portal" / "launch").glob("*.py"))


def portalctl(*words, var, **environment):
    return subprocess.run(
        # Neither site-packages nor the user's own: as bare as a machine can be.
        [sys.executable, "-S", "-s", "-E", ROOT / "portalctl", *words],
        env={"PATH": os.environ["PATH"], "PORTAL_VAR": str(var), **environment},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_it_runs_on_the_standard_library_alone(tmp_path):
    process = portalctl("--help", var=tmp_path)
    usage = (
        "run | test | check | payment-faults | filing-faults | bench | scale-drill | search-eval"
        " | serve | healthy | backup | restore | drill | upgrade-drill | clean"
    )
    assert process.returncode == 0 and usage in " ".join(process.stdout.split())


@pytest.mark.parametrize("module", LAUNCHER, ids=lambda path: path.name)
def test_no_launcher_module_needs_a_package(module):
    names = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add(node.module.partition(".")[0])
    assert names <= sys.stdlib_module_names


def test_an_old_python_can_read_it_and_is_told():
    source = (ROOT / "portalctl").read_text()
    ast.parse(source, feature_version=(3, 5))
    old = source.replace("sys.version_info <", "(3, 9) <").replace("sys.version_info[:2]", "(3, 9)")
    process = subprocess.run([sys.executable, "-c", old], capture_output=True, text=True, check=False)
    assert process.returncode == 1
    assert process.stderr.strip() == "Portal needs Python 3.11 or newer, this is 3.9. Run: apt-get install python3.11"


def test_data_is_not_removed_without_consent(tmp_path):
    (tmp_path / "files").mkdir()
    process = portalctl("clean", var=tmp_path)
    assert process.returncode == 1 and (tmp_path / "files").exists()
    assert "--yes" in process.stdout


def test_data_is_removed_with_consent(tmp_path):
    (tmp_path / "var" / "files").mkdir(parents=True)
    assert portalctl("clean", "--yes", var=tmp_path / "var").returncode == 0
    assert not (tmp_path / "var").exists()


def test_a_word_it_does_not_know_is_refused(tmp_path):
    assert portalctl("fly", var=tmp_path).returncode == 2
    assert portalctl("run", "--fast", var=tmp_path).returncode == 2


def test_a_port_that_is_no_port_is_said_in_one_line(tmp_path):
    process = portalctl("run", var=tmp_path, PORT="many")
    assert process.returncode == 2 and len(process.stderr.strip().splitlines()) == 1


def test_vietnamese_survives_a_terminal_that_knows_ascii_only(tmp_path):
    process = portalctl("clean", var=tmp_path / "none", LC_ALL="POSIX", PYTHONIOENCODING="ascii")
    assert process.returncode == 0 and "Không có gì để dọn" in process.stdout


def test_the_locks_name_packages_and_hashes_only():
    for kind in ("run", "dev", "tools"):
        lock = (ROOT / "requirements" / f"{kind}.txt").read_text()
        assert not re.search(r"https?:|--(index|find|extra|trusted)", lock)
        assert len(re.findall(r"^\S+==", lock, re.M)) <= lock.count("--hash=sha256:")
