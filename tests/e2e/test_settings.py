"""The four settings: what is missing is named, what an administrator may paste works, keys rotate unnoticed."""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.product import Organization, Product, Simulated

pytestmark = pytest.mark.stack

FOUR = ["apiKey", "baseUrl", "resourceKey", "deploymentName"]
FORMS = [
    "{url}",
    "{url}/",
    "{url}/openai",
    "{url}/openai/",
    "{url}/openai/v1",
    "{url}/openai/v1/",
    "{url}/openai/v1/chat/completions",
    "{url}/openai/responses?api-version=2025-04-01-preview&x=y#z",
    "{url}/openai/deployments/another-name/chat/completions?api-version=2024-10-21",
    "{url}/openai/deployments/another-name?api-version=2024-12-01-preview",
    "{localhost}",
    '  "{url}/"  ',
    "\u200b{url}\ufeff",
    "<{url}/openai/v1/>",
    "{upper}/OPENAI/V1",
]


@pytest.mark.parametrize("missing", FOUR)
def test_the_missing_setting_is_named(product: Product, deployment: Simulated, missing: str) -> None:
    organization = product.organization()
    organization.flag(True)
    organization.settings({name: value for name, value in deployment.settings.items() if name != missing})
    answer = organization.map()
    assert (answer.status_code, answer.json()["code"], answer.json()["setting"]) == (409, "settings_missing", missing)
    assert missing in answer.json()["detail"]
    assert [each["name"] for each in organization.get("/settings")["settings"] if not each["present"]] == [missing]
    assert deployment.log() == organization.prompts() == []


def test_all_missing_settings_are_named(product: Product) -> None:
    organization = product.organization()
    organization.flag(True)
    answer = organization.map()
    assert answer.status_code == 409
    assert all(name in answer.json()["detail"] for name in FOUR)


def test_a_blank_setting_is_a_missing_one(product: Product, deployment: Simulated) -> None:
    organization = product.organization().allow({**deployment.settings, "deploymentName": " \t"})
    assert organization.map().json()["setting"] == "deploymentName"


def test_a_setting_that_was_missing_is_found_within_seconds(product: Product, deployment: Simulated) -> None:
    organization = product.organization().allow({**deployment.settings, "resourceKey": ""})
    assert organization.map().status_code == 409
    organization.settings({"resourceKey": deployment.settings["resourceKey"]})
    time.sleep(3.1)
    assert organization.map().status_code == 200


@pytest.mark.parametrize("form", FORMS)
def test_a_base_url_as_administrators_paste_it(product: Product, deployment: Simulated, form: str) -> None:
    """Every form leads to the deployment that deploymentName names; a pasted dated path keeps its api-version."""
    localhost = deployment.url.replace("127.0.0.1", "localhost")
    base_url = form.format(url=deployment.url, localhost=localhost, upper=localhost.upper().replace("HTTP", "http"))
    organization = product.organization().allow({**deployment.settings, "baseUrl": base_url})
    answer = organization.map()
    assert answer.status_code == 200, answer.text
    [entry] = deployment.log()
    dated = "api-version=20" in form
    assert (entry["surface"], entry["deployment"]) == ("dated" if dated else "v1", "gpt-e2e")


@pytest.mark.parametrize(
    ("version", "surface"),
    [
        ("2024-10-21", "dated"),
        ("2025-01-01-preview", "dated"),
        ("v1", "v1"),
        ("preview", "v1"),
        (" 2024-10-21\n", "dated"),
    ],
)
def test_the_api_version_secret_chooses_the_surface(
    product: Product, deployment: Simulated, version: str, surface: str
) -> None:
    organization = product.organization().allow({**deployment.settings, "apiVersion": version})
    assert organization.map().status_code == 200
    assert [entry["surface"] for entry in deployment.log()] == [surface]


def test_the_api_version_secret_wins_over_the_pasted_one(product: Product, deployment: Simulated) -> None:
    pasted = f"{deployment.url}/openai/deployments/x/chat/completions?api-version=2023-05-15"
    organization = product.organization().allow({**deployment.settings, "baseUrl": pasted, "apiVersion": "v1"})
    assert organization.map().status_code == 200
    assert [entry["surface"] for entry in deployment.log()] == ["v1"]


@pytest.mark.parametrize(
    "base_url",
    [
        "https://openai.example.com",
        "https://x.openai.azure.com.example.com",
        "https://example.com/.openai.azure.com",
        "https://x.openai.azure.com@example.com",
        "https://user:pass@x.openai.azure.com",
        "http://x.openai.azure.com",
        "https://x.openai.azure.com:8443",
        "https://169.254.169.254/metadata",
        "https://[fe80::1]/",
        "https://10.0.0.4/",
        "https://[::ffff:169.254.169.254]/",
        "https://168.63.129.16/",
        "http://metadata.google.internal/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "http://127.0.0.1\\@example.com/",
        "http://127.0.0.1#@example.com:80/",
        "https://х.openai.azure.com",
        "localhost.example.com",
        "https://x.openai.azure.com\r\nHost: example.com",
    ],
)
def test_a_host_that_may_not_be_sent_to_is_refused(product: Product, deployment: Simulated, base_url: str) -> None:
    """Before any attempt, naming baseUrl."""
    organization = product.organization().allow({**deployment.settings, "baseUrl": base_url})
    answer = organization.map()
    problem = answer.json()
    if "127.0.0.1#" in base_url:  # the rest is a fragment: this is loopback, where nothing listens on port 80
        assert (answer.status_code, problem["code"]) == (503, "deployment_unavailable")
        return
    assert (answer.status_code, problem["code"], problem["setting"]) == (502, "deployment_forbidden", "baseUrl")
    assert organization.prompts() == []


def test_a_key_pasted_as_deployment_name_is_not_kept(product: Product, deployment: Simulated) -> None:
    key = uuid.uuid4().hex
    organization = product.organization().allow({**deployment.settings, "deploymentName": key})
    answer = organization.map()
    assert (answer.status_code, answer.json()["setting"]) == (502, "deploymentName")
    assert key not in answer.text
    assert organization.prompts() == []


def test_keys_rotate_under_load_without_one_failed_request(organization: Organization, deployment: Simulated) -> None:
    """Key 1 is made anew at the resource, then written to Key Vault; then key 2: while 50 mappings run all the time."""
    first, second = deployment.settings["apiKey"], deployment.settings["resourceKey"]
    deployment.told(latencySeconds=0.05)
    stop, failures, done = threading.Event(), list[str](), list[int]()

    def keep_mapping(_: int) -> None:
        while not stop.is_set():
            answer = organization.map()
            done.append(answer.status_code)
            if answer.status_code != 200:
                failures.append(answer.text)

    with ThreadPoolExecutor(50) as pool:
        running = [pool.submit(keep_mapping, number) for number in range(50)]
        try:
            for setting in ("apiKey", "resourceKey", "apiKey"):
                time.sleep(0.7)
                first, second = (uuid.uuid4().hex, second) if setting == "apiKey" else (first, uuid.uuid4().hex)
                deployment.told(keys={"apiKey": first, "resourceKey": second})
                time.sleep(0.7)
                organization.settings({setting: first if setting == "apiKey" else second})
            time.sleep(0.7)
        finally:
            stop.set()
        for each in running:
            each.result()
    log = deployment.log()
    assert failures == []
    assert len(done) > 50
    assert any(entry["status"] == 401 for entry in log)
    assert len(log) == len(organization.prompts())


def test_verify_asks_once_and_says_what_to_fix(product: Product, deployment: Simulated) -> None:
    wrong = {**deployment.settings, "deploymentName": "no-such-name"}
    organization = product.organization().allow(wrong)
    said = organization.request("POST", "/settings/verify", json={}, headers=product.admin).json()
    assert (said["ok"], said["code"], said["setting"]) == (False, "deployment_not_found", "deploymentName")
    organization.settings(deployment.settings)
    said = organization.request("POST", "/settings/verify", json={}, headers=product.admin).json()
    assert (said["ok"], said["code"], said["setting"]) == (True, None, None)
    assert organization.get(f"/prompts/{said['promptId']}")["feature"] == "Verify"
    assert [item["status"] for item in organization.prompts(feature="Verify")] == ["failed", "succeeded"]
    assert all((entry["maxTokens"] or 0) + entry["promptTokens"] <= 20 for entry in deployment.log())
