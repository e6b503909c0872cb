import pytest

from accounts.models import User
from dossiers.webhooks import keeping
from dossiers.webhooks.models import Endpoint
from tests import factories


@pytest.fixture
def administrator(db):
    return User.objects.create_superuser("ht", full_name="Hệ Thống", password=factories.PASSWORD, email="ht@example.org")


@pytest.fixture
def endpoint(administrator, settings):
    """An endpoint on this machine, which only this setting allows."""
    settings.WEBHOOK_LOOPBACK = True
    return keeping.register(Endpoint(name="Kho dữ liệu tỉnh", url="http://127.0.0.1:9/nhan"), administrator)
