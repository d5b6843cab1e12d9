"""Every form of Base URL an administrator may paste leads to one endpoint; no other host is ever sent to."""

from __future__ import annotations

import pytest

from shared.errors import DeploymentForbidden
from shared.gateway.endpoint import HostPolicy, may_connect, parse

AZURE = HostPolicy()
LOCAL = HostPolicy(allow_loopback=True)
GATEWAYS = HostPolicy(("gateway.contoso.com", "*.apim.contoso.com"))
V1 = "https://acme.openai.azure.com/openai/v1/"
DATED = "https://acme.openai.azure.com"
VERSION = "2025-01-01-preview"


@pytest.mark.parametrize(
    "pasted",
    [
        "https://acme.openai.azure.com/",
        "https://acme.openai.azure.com",
        "https://acme.openai.azure.com/openai",
        "https://acme.openai.azure.com/openai/",
        "https://acme.openai.azure.com/openai/v1",
        "https://acme.openai.azure.com/openai/v1/",
        "https://acme.openai.azure.com/openai/v1/chat/completions",
        "https://acme.openai.azure.com/openai/v1/responses",
        "https://acme.openai.azure.com/openai/v1/?api-version=preview",
        "https://acme.openai.azure.com/openai/v1/?api-version=2025-01-01-preview",
        "https://acme.openai.azure.com/openai/responses?api-version=preview",
        "https://acme.openai.azure.com/openai/deployments/other/chat/completions",
        "acme.openai.azure.com",
        "acme.openai.azure.com/openai/v1",
        "//acme.openai.azure.com/",
        "HTTPS://ACME.OpenAI.Azure.com/",
        "https://acme.openai.azure.com:443/",
        "https://acme.openai.azure.com./",
        '  "https://acme.openai.azure.com/" \n',
        "'https://acme.openai.azure.com/',",
        "<https://acme.openai.azure.com/>",
        "\ufeffhttps://acme.openai.azure.com/\u200b",
        "https://acme.openai.azure.com//openai//v1//",
    ],
)
def test_the_v1_surface(pasted: str) -> None:
    endpoint = parse(pasted, "", AZURE)
    assert (endpoint.base_url, endpoint.host, endpoint.api_version) == (V1, "acme.openai.azure.com", None)


@pytest.mark.parametrize(
    ("pasted", "version", "expected"),
    [
        (f"{DATED}/openai/deployments/other/chat/completions?api-version={VERSION}", "", VERSION),
        (f"{DATED}/openai/responses?api-version=2025-04-01-preview", "", "2025-04-01-preview"),
        (f"{DATED}/openai/deployments/other/chat/completions?api-version={VERSION}", "2024-10-21", "2024-10-21"),
        (f"{DATED}/", "2024-10-21", "2024-10-21"),
        (f"{DATED}/openai/v1/", " 2024-10-21 ", "2024-10-21"),
    ],
)
def test_the_dated_surface_by_the_setting_else_by_the_pasted_version(pasted: str, version: str, expected: str) -> None:
    endpoint = parse(pasted, version, AZURE)
    assert (endpoint.base_url, endpoint.api_version) == (DATED, expected)


@pytest.mark.parametrize("version", ["v1", "preview", "latest", "V1"])
def test_the_setting_can_ask_for_v1(version: str) -> None:
    pasted = f"{DATED}/openai/deployments/other/chat/completions?api-version={VERSION}"
    assert parse(pasted, version, AZURE).base_url == V1


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("https://acme.services.ai.azure.com/", "https://acme.services.ai.azure.com/openai/v1/"),
        ("https://acme.services.ai.azure.com/api/projects/shop", "https://acme.services.ai.azure.com/openai/v1/"),
        (
            "https://acme.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
            "https://acme.services.ai.azure.com/openai/v1/",
        ),
        ("https://acme.services.ai.azure.com/models", "https://acme.services.ai.azure.com/openai/v1/"),
        ("https://acme.cognitiveservices.azure.com/", "https://acme.cognitiveservices.azure.com/openai/v1/"),
    ],
)
def test_foundry_and_cognitive_services_hosts(pasted: str, expected: str) -> None:
    endpoint = parse(pasted, "", AZURE)
    assert (endpoint.base_url, endpoint.api_version) == (expected, None)


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("https://gateway.contoso.com", "https://gateway.contoso.com/openai/v1/"),
        ("https://gateway.contoso.com:8443/team/", "https://gateway.contoso.com:8443/team/openai/v1/"),
        ("https://a.apim.contoso.com/team/openai/v1/chat/completions", "https://a.apim.contoso.com/team/openai/v1/"),
        ("https://gateway.contoso.com/v1/chat/completions", "https://gateway.contoso.com/v1/"),
        ("https://gateway.contoso.com/team/chat/completions", "https://gateway.contoso.com/team/openai/v1/"),
    ],
)
def test_allowed_hosts_keep_their_port_and_path(pasted: str, expected: str) -> None:
    assert parse(pasted, "", GATEWAYS).base_url == expected


def test_a_dated_gateway_keeps_the_path_before_openai() -> None:
    endpoint = parse("https://gateway.contoso.com/team/openai/deployments/x", "2024-10-21", GATEWAYS)
    assert endpoint.base_url == "https://gateway.contoso.com/team"


@pytest.mark.parametrize(
    ("pasted", "expected"),
    [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1/"),
        ("http://127.0.0.1:8080/openai/v1", "http://127.0.0.1:8080/openai/v1/"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/openai/v1/"),
        ("http://localhost:80/v1/", "http://localhost/v1/"),
        ("http://[::1]:9000/v1", "http://[::1]:9000/v1/"),
        ("https://model.localhost:9443/openai/v1", "https://model.localhost:9443/openai/v1/"),
    ],
)
def test_loopback_only_where_the_local_stack_allows_it(pasted: str, expected: str) -> None:
    assert parse(pasted, "", LOCAL).base_url == expected
    with pytest.raises(DeploymentForbidden):
        parse(pasted, "", AZURE)


@pytest.mark.parametrize("policy", [AZURE, LOCAL, GATEWAYS])
@pytest.mark.parametrize(
    "pasted",
    [
        "http://acme.openai.azure.com/",
        "https://evil.com/",
        "https://openai.azure.com.evil.com/",
        "https://acme.openai.azure.com.evil.com/",
        "https://evilopenai.azure.com/",
        "https://openai.azure.com/",
        "https://.openai.azure.com/",
        "https://acme.openai.azure.com@evil.com/",
        "https://user:password@acme.openai.azure.com/",
        "https://@acme.openai.azure.com/",
        "https://evil.com#.openai.azure.com",
        "https://evil.com?.openai.azure.com",
        "https://evil.com\\.openai.azure.com/",
        "https://evil.com%2f.openai.azure.com/",
        "https://acme.openai.azure.com:8443/",
        "https://acme.openai.azure.com:99999/",
        "https://10.0.0.4/",
        "https://169.254.169.254/",
        "http://169.254.169.254/metadata/instance",
        "https://168.63.129.16/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0.0.0.0/",
        "https://[fe80::1]/",
        "https://[::]/",
        "https://[not-an-address]/",
        "https://metadata.internal/",
        "https://аcme.openai.azure.com/",
        "https://acme.openai.azure.com/ x",
        "https://acme\n.openai.azure.com/",
        "ftp://acme.openai.azure.com/",
        "file:///etc/passwd",
        "javascript://acme.openai.azure.com/",
        "https://",
        "https:///openai/v1",
        "d3adb33fd3adb33fd3adb33fd3adb33f",
        "https://-acme.openai.azure.com/",
        "https://gateway.contoso.com.evil.com/",
        "https://apim.contoso.com/",
    ],
)
def test_anything_else_is_refused_naming_the_setting(pasted: str, policy: HostPolicy) -> None:
    with pytest.raises(DeploymentForbidden) as caught:
        parse(pasted, "", policy)
    assert caught.value.setting == "baseUrl"
    assert "d3adb33f" not in caught.value.detail


def test_an_address_literal_is_refused_even_if_listed() -> None:
    with pytest.raises(DeploymentForbidden):
        parse("https://10.0.0.4/", "", HostPolicy(("10.0.0.4",)))


@pytest.mark.parametrize("version", ["2024", "yesterday", "2024-10-21&x=1", "../.."])
def test_an_api_version_must_look_like_one(version: str) -> None:
    with pytest.raises(DeploymentForbidden):
        parse(DATED, version, AZURE)


@pytest.mark.parametrize(
    ("address", "anywhere", "local"),
    [
        ("20.1.2.3", True, True),
        ("10.0.0.4", True, True),
        ("192.168.1.1", True, True),
        ("fd00::4", True, True),
        ("127.0.0.1", False, True),
        ("::1", False, True),
        ("::ffff:127.0.0.1", False, True),
        ("169.254.169.254", False, False),
        ("::ffff:169.254.169.254", False, False),
        ("fe80::1%eth0", False, False),
        ("0.0.0.0", False, False),
        ("224.0.0.1", False, False),
        ("168.63.129.16", False, False),
        ("nonsense", False, False),
    ],
)
def test_private_addresses_may_be_connected_to_and_the_machines_own_may_not(
    address: str, anywhere: bool, local: bool
) -> None:
    assert (may_connect(address, AZURE), may_connect(address, LOCAL)) == (anywhere, local)
