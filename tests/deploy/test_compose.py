"""docker-compose.yml and Dockerfile without an engine: the Compose schema, and what must hold for each service."""

import ipaddress
import json
import re
import subprocess
from pathlib import Path

import jsonschema
import pytest
import yaml

from portal.launch.archive import archive_settings
from portal.launch.places import Places
from portal.launch.postgres import CLUSTER
from portal.launch.preparation import steps
from portal.launch.serve import COMMANDS
from portal.settings import environment, file_storage
from portal.settings.environment import problems
from tests.deploy import files

OURS = ("web", "worker", "relay", "migrate", "gateway", "post", "sms")
ONE_OFF = ("migrate", "demo-data", "backup", "backup-folder", "storage-folder")
# They hand files to their owners, and end; the drill starts a server of its own, which refuses to be root, and stops it.
RIGHTS = {
    "backup": {"CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"},
    "backup-folder": {"CHOWN", "DAC_OVERRIDE"},
    "storage-folder": {"CHOWN", "DAC_OVERRIDE"},
}


@pytest.fixture(scope="module")
def services():
    return files.compose(files.FILLED_IN)["services"]


def test_the_file_fits_the_compose_specification():
    schema = json.loads(files.text("tests/deploy/compose-spec.json"))
    validator = jsonschema.Draft7Validator(schema)
    for variables in (files.FILLED_IN, files.variables_of("deploy/demo.env.example")):
        assert list(validator.iter_errors(files.compose(variables))) == []
    assert list(validator.iter_errors({"services": {"web": {"comand": ["web"]}}})), "the schema knows the names"


def test_each_program_is_started_by_its_role(services):
    assert files.entrypoint() == ["./portalctl", "serve"]
    for name in OURS:
        assert services[name]["command"] == [name] and name in COMMANDS
    assert set(COMMANDS) == set(OURS)


@pytest.mark.parametrize("name", yaml.safe_load(files.text("docker-compose.yml"))["services"])
def test_a_service_has_no_more_rights_than_it_needs(services, name):
    service = services[name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"] and service["pids_limit"]
    assert "privileged" not in service and set(service.get("cap_add", [])) == RIGHTS.get(name, set())
    published = service.get("ports", [])
    assert name == "proxy" or all(port.startswith("127.0.0.1:") for port in published)


def test_every_program_that_stays_has_a_health_check_and_is_started_again(services):
    image = "HEALTHCHECK" in files.text("Dockerfile")
    for name, service in services.items():
        if name in ONE_OFF:
            assert service["restart"] == "no" and service.get("healthcheck", {"disable": True}) == {"disable": True}
        elif name != "mail":  # the catcher has its own in its image
            assert service["restart"] == "unless-stopped"
            assert "healthcheck" in service or (name == "web" and image)


def test_images_are_pinned_and_nobody_is_root(services):
    bases = re.findall(r"^FROM (\S+)", files.text("Dockerfile"), re.M)
    named = [service["image"] for service in services.values()]
    for image in {*bases, *named}:
        assert re.search(r":v?[0-9]+\.[0-9]+(\.[0-9]+)?(-|$)", image), image
    assert len(set(bases)) == 1
    assert re.search(r"^USER 10001:10001$", files.text("Dockerfile").rpartition("\nFROM ")[2], re.M)
    for name, service in services.items():
        unprivileged = "unprivileged" in service["image"] or service["image"].startswith("portal:")
        assert (service.get("user") == "root") == (name in RIGHTS), name
        assert unprivileged or "user" in service, name


def test_only_the_migrations_and_the_demo_know_the_owner_of_the_database(services):
    owners = {name for name, service in services.items() if "portal_owner" in str(service.get("environment", {}))}
    assert owners == {"migrate", "demo-data", "gateway"}
    assert all(services[name].get("profiles") == ["demo"] for name in owners - {"migrate"})


def test_the_broker_keeps_what_it_was_given(services):
    command = " ".join(services["valkey"]["command"])
    assert "--appendonly yes" in command and "--maxmemory-policy noeviction" in command
    assert services["valkey"]["volumes"] == ["broker:/data"]


def test_the_log_of_the_database_is_archived_as_the_launcher_does_it(services):
    given = dict(word.removeprefix("-c").split("=", 1) for word in services["postgres"]["command"][1:])
    assert archive_settings(Path("/backup")).items() <= given.items()


def test_a_new_cluster_is_made_as_the_launcher_makes_it(services):
    """The launcher's words are proved by initdb itself, before any test of the database."""
    given = services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
    assert tuple(given) == (*CLUSTER, "--auth-host=scram-sha-256")


def test_the_demo_is_made_as_the_launcher_makes_it_before_the_programs_start():
    """Not beside a running portal: its anchor is older than the made-up past, and its settlement runs stop the money."""
    demo = files.compose(files.variables_of("deploy/demo.env.example"))["services"]
    made = re.search(r" in ([a-z_ ]+);", demo["demo-data"]["command"][0])[1].split()
    commands = [str(step.command[2]) for step in steps(Places.of())]
    of_the_image = {"migrate", "collectstatic", "show_demo_people"}  # or of another service, or for the launcher's page
    assert made == [name for name in commands if re.fullmatch("[a-z_]+", name) and name not in of_the_image]
    for name in ("web", "worker", "relay", "gateway"):
        assert demo[name]["depends_on"]["demo-data"]["condition"] == "service_completed_successfully"


def test_the_demo_is_for_this_machine_alone_and_its_proxy_can_read_its_key(tmp_path):
    variables = files.variables_of("deploy/demo.env.example")
    assert all(port.startswith("127.0.0.1:") for port in files.compose(variables)["services"]["proxy"]["ports"])
    told = re.findall(r"^#   (.*)$", files.text("deploy/demo.env.example"), re.M)
    subprocess.run(["sh", "-euc", "umask 077\n" + "\n".join(told)], cwd=tmp_path, check=True, capture_output=True)
    for name in ("portal.crt", "portal.key"):
        assert (tmp_path / "deploy/tls" / name).stat().st_mode & 0o004, "Compose gives the proxy the file as it lies there"


def test_database_and_broker_are_reached_from_inside_only(services):
    networks = files.compose(files.FILLED_IN)["networks"]
    assert networks["data"] == {"internal": True}
    for name in ("postgres", "valkey", "storage"):
        assert services[name]["networks"] == ["data"] and "ports" not in services[name]


def test_the_network_of_the_proxy_is_outside_those_that_docker_gives_away():
    """Docker takes 172.17.0.0/16 to 172.31.0.0/16 and parts of 192.168.0.0/16 for networks without a subnet of their own."""
    front = ipaddress.ip_network(files.compose(files.FILLED_IN)["networks"]["front"]["ipam"]["config"][0]["subnet"])
    assert front.is_private and not any(
        front.overlaps(ipaddress.ip_network(pool)) for pool in ("172.16.0.0/12", "192.168.0.0/16")
    )


def test_the_storage_is_the_one_that_the_example_of_its_address_names(services):
    """Its key, port and bucket, and a secret that the portal accepts."""
    secret = "0123456789abcdef"
    storage = files.compose(files.FILLED_IN | {"STORAGE_SECRET": secret})["services"]["storage"]
    address = re.search(r"STORAGE_URL=(s3://portal:<that secret>@\S+)", files.text("deploy/env.example"))[1]
    options = file_storage.options(address.replace("<that secret>", secret))
    assert file_storage.problem(address.replace("<that secret>", secret)) == ""
    assert options["endpoint_url"] == "http://storage:7070" and storage["command"][:2] == ["--port", ":7070"]
    given = (storage["environment"]["ROOT_ACCESS_KEY_ID"], storage["environment"]["ROOT_SECRET_ACCESS_KEY"])
    assert given == (options["access_key"], options["secret_key"])
    assert services["storage-folder"]["entrypoint"][-1] == f"/data/{options['bucket_name']}"


@pytest.mark.parametrize("name", ["web", "worker", "relay", "migrate"])
def test_production_accepts_what_the_file_makes_of_a_filled_in_example(services, name):
    assert problems({key: str(value) for key, value in services[name]["environment"].items()}) == []


def test_every_setting_of_production_can_be_set(services):
    assert environment.REQUIRED.keys() | environment.OPTIONAL.keys() <= services["web"]["environment"].keys()


@pytest.mark.parametrize("name", files.FILLED_IN)
def test_what_is_missing_stops_compose_by_name(name):
    with pytest.raises(KeyError, match=name):
        files.compose({key: value for key, value in files.FILLED_IN.items() if key != name})


def test_the_examples_name_the_variables_of_the_file_and_no_others():
    used = {found["name"] for found in files.VARIABLE.finditer(files.text("docker-compose.yml")) if found["name"]}
    example, demo = files.variables_of("deploy/env.example"), files.variables_of("deploy/demo.env.example")
    assert example.keys() | demo.keys() <= used
    assert files.FILLED_IN.keys() <= example.keys() and files.FILLED_IN.keys() <= demo.keys()
    assert not any(example[name] for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "DATABASE_OWNER_PASSWORD", "VNPAY_SECRETS"))


def test_everything_the_image_needs_is_copied_into_it_and_nothing_private():
    kept = set(re.findall(r"^!(\S+)$", files.text(".dockerignore"), re.M))
    assert {"portal", "accounts", "procedures", "dossiers", "payments", "templates", "static", "data", "portalctl"} <= kept
    assert kept.isdisjoint({"var", ".env", "tests", ".git", "deploy"})
    assert files.text(".dockerignore").splitlines()[1] == "*"
