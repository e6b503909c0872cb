"""The people and the procedure of one submission, in the database of DATABASE_URL. Prints what the walk has to know, as JSON.

Run as a program of its own, with settings whose password hasher production reads.
"""

import io
import json

import django
from django.core.management import call_command

django.setup()

from tests import factories, world  # noqa: E402

if __name__ == "__main__":
    call_command("ensure_signing_keys", stdout=io.StringIO())
    world.holidays()
    world.loading.load_sample(codes=[factories.RESIDENCE], provinces=("H18",))
    call_command("load_collection_points", stdout=io.StringIO())
    offered = world.offering(factories.RESIDENCE, "H18.X004.CA")
    citizen = factories.citizen()
    print(json.dumps({"login": citizen.username, "password": factories.PASSWORD, "offering": offered.pk, "mail": citizen.email}))
