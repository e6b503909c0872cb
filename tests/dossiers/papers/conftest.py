"""Papers are signed with a test authority of their own, and stored in a folder that goes away."""

import pytest

from dossiers.papers.certificates import ensure_development_ca


@pytest.fixture(scope="session")
def signing_folder(tmp_path_factory):
    """One test authority for the whole session: making its key takes a second."""
    return tmp_path_factory.mktemp("signing")


@pytest.fixture(autouse=True)
def own_folders(settings, tmp_path, signing_folder):
    settings.SIGNING_DIR = signing_folder
    settings.PRIVATE_FILES_ROOT = tmp_path / "files"
    ensure_development_ca()
