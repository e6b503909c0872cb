"""Papers are signed with a test authority, and stored in a temporary folder."""

import pytest

from dossiers.papers.certificates import ensure_development_ca


@pytest.fixture(scope="session")
def signing_folder(tmp_path_factory):
    """One test authority for the session: making its key takes a second."""
    return tmp_path_factory.mktemp("signing")


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path, signing_folder):
    settings.SIGNING_DIR = signing_folder
    settings.PRIVATE_FILES_ROOT = tmp_path / "files"
    ensure_development_ca()
