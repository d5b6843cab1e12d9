"""What `azd up` makes is what the app needs: read by a Bicep parser, compared with the code's own names.

No Bicep compiler is used: types, API versions and values are not checked here.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest
from pycep import BicepParser

from local.provision import CONTAINERS, QUEUES, TABLES
from shared.telemetry import names
from shared.telemetry.figures import FIGURES
from tests.unit.test_settings import PLATFORM, names_in_code

INFRA = Path(__file__).parents[2] / "infra"
FILES = sorted(INFRA.rglob("*.bicep"))
IN_THE_PLATFORMS_PLACE = {"AzureWebJobsStorage"}
"""An identity is used: AzureWebJobsStorage__accountName."""
THE_PLATFORMS = {"APPLICATIONINSIGHTS_AUTHENTICATION_STRING"}
"""Read by the host, and by the library that sends telemetry."""


def read(name: str) -> str:
    return (INFRA / name).read_text()


def listed(text: str, variable: str) -> set[str]:
    found = re.search(rf"var {variable} = \[(.*?)\]", text, re.DOTALL)
    assert found
    return set(re.findall(r"'([^']+)'", found[1]))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(INFRA)))
def test_every_file_is_bicep(file: Path) -> None:
    parsed = cast("dict[str, Any]", BicepParser().parse(text=file.read_text()))
    assert parsed.get("resources")


def test_the_app_gets_exactly_the_settings_in_code() -> None:
    section = read("modules/functions.bicep").split("name: 'appsettings'")[1].split("\n  }\n")[0]
    names = set(re.findall(r"^ {6}([A-Za-z_]+):", section, re.MULTILINE))
    assert names - THE_PLATFORMS == names_in_code() - PLATFORM - IN_THE_PLATFORMS_PLACE


def test_the_account_gets_the_queues_tables_and_containers_of_the_local_stack() -> None:
    storage = read("modules/storage.bicep")
    assert listed(storage, "queues") == set(QUEUES)
    assert listed(storage, "tables") >= set(TABLES)
    assert listed(storage, "containers") - {"deployments"} == set(CONTAINERS)


def test_no_key_opens_anything() -> None:
    assert "allowSharedKeyAccess: false" in read("modules/storage.bicep")
    assert "azureADOnlyAuthentication: true" in read("modules/database.bicep")
    assert "enableRbacAuthorization: true" in read("modules/vault.bicep")
    assert "DisableLocalAuth: true" in read("modules/monitoring.bicep")
    everything = "".join(file.read_text() for file in FILES)
    assert not re.search(r"listKeys|listAccountSas|AccountKey=|administratorLoginPassword", everything)


TOLD = {value for value in vars(names).values() if isinstance(value, str)} | {figure.name for figure in FIGURES}


@pytest.mark.parametrize("file", ["modules/alerts.bicep", "workbook.json"])
def test_alerts_and_workbook_ask_for_what_is_told(file: str) -> None:
    asked = set(re.findall(r"\b(?:cluedin|gen_ai)(?:\.\w+)+", read(file)))
    assert asked
    assert asked <= TOLD


def test_the_workbook_shows_every_figure() -> None:
    assert {figure.name for figure in FIGURES} <= set(re.findall(r"[\w.]+", read("workbook.json")))


def test_the_workbook_is_one_and_the_alerts_are_the_three() -> None:
    workbook = json.loads(read("workbook.json"))
    assert workbook["version"] == "Notebook/1.0"
    assert len({item["name"] for item in workbook["items"]}) == len(workbook["items"])
    rules = re.findall(r"^    name: '([\w-]+)'", read("modules/alerts.bicep").split("var rules")[1], re.MULTILINE)
    assert rules[:3] == ["history-waits", "work-failed", "deployment-unauthorized"]


def test_every_module_and_parameter_has_its_place() -> None:
    main = read("main.bicep")
    modules = set(re.findall(r"'\./modules/([\w-]+)\.bicep'", main))
    assert modules == {file.stem for file in FILES if file.parent.name == "modules"}
    parameters = set(re.findall(r"^param (\w+) ", main, re.MULTILINE))
    given = set(json.loads(read("main.parameters.json"))["parameters"])
    assert given <= parameters
    required = {name for name in parameters if not re.search(rf"^param {name} \w+ =", main, re.MULTILINE)}
    assert required <= given
