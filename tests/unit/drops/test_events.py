"""What a message on queue data-drops comes to: a drop, nothing to do, or a cause in one sentence."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from shared.drops.events import organization_in_event, parse_drop
from shared.drops.models import UNKNOWN, Drop, Ignored, Source, UnusableDrop
from shared.queue_messages import UnreadableMessage, read

ACCOUNT = "acmestore"
TOPIC = f"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/{ACCOUNT}"
HOST = f"https://{ACCOUNT}.blob.core.windows.net"
CREATED = "Microsoft.Storage.BlobCreated"


def event(url: str | None = f"{HOST}/drops/acme/customers/a.csv", **changes: Any) -> dict[str, Any]:
    """An event as Event Grid puts it on a queue, with members we do not know."""
    data: dict[str, Any] = {
        "api": "PutBlockList",
        "clientRequestId": "6d79dbfb-0e37-4fc4-981f-442c9ca65760",
        "eTag": "0x8D4BCC2E4835CD0",
        "contentType": "text/csv",
        "contentLength": 524288,
        "blobType": "BlockBlob",
        "sequencer": "00000000000004420000000000028963",
        "storageDiagnostics": {"batchId": "b68529f3-68cd-4744-baa4-3c0498ec19f0"},
    }
    data |= {"url": url} if url is not None else {}
    data |= changes.pop("data", {})
    whole = {
        "topic": TOPIC,
        "subject": "",
        "eventType": CREATED,
        "eventTime": "2026-11-25T04:00:00.1234567Z",
        "id": "831e1650-001e-001b-66ab-eeb76e069631",
        "data": data,
        "dataVersion": "",
        "metadataVersion": "1",
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def cloud_event(url: str = f"{HOST}/drops/acme/customers/a.csv") -> dict[str, Any]:
    old = event(url)
    return {
        "source": TOPIC,
        "subject": "/blobServices/default/containers/drops/blobs/acme/customers/a.csv",
        "type": CREATED,
        "time": old["eventTime"],
        "id": old["id"],
        "specversion": "1.0",
        "data": old["data"],
    }


def ours(**changes: Any) -> dict[str, Any]:
    whole = {
        "organizationId": "acme",
        "dataSet": {"id": "crm", "name": "CRM customers"},
        "source": {"container": "drops", "blob": "acme/crm/a.csv"},
    }
    return {name: value for name, value in (whole | changes).items() if value is not None}


def refused(message: dict[str, Any]) -> UnusableDrop:
    with pytest.raises(UnusableDrop) as told:
        parse_drop(message, ACCOUNT)
    return told.value


def test_an_event_names_organization_and_data_set_by_its_folder() -> None:
    drop = parse_drop(event(), ACCOUNT)
    assert drop == Drop(
        organization="acme",
        data_set_id="customers",
        data_set_name="customers",
        source=Source("drops", "acme/customers/a.csv", etag='"0x8D4BCC2E4835CD0"'),
        correlation_id="831e1650-001e-001b-66ab-eeb76e069631",
    )


def test_a_cloud_event_is_the_same_drop() -> None:
    assert parse_drop(cloud_event(), ACCOUNT) == parse_drop(event(), ACCOUNT)


def test_a_cloud_events_source_is_its_account() -> None:
    assert refused(cloud_event() | {"source": TOPIC + "2"}).code == "source_not_allowed"


@pytest.mark.parametrize(
    ("url", "blob", "data_set"),
    [
        (f"{HOST}/drops/acme/c/deep/er/a.csv", "acme/c/deep/er/a.csv", "c"),
        (f"{HOST}/drops/acme/my%20data/a%20b.csv", "acme/my data/a b.csv", "my data"),
        (f"{HOST}/drops/acme/c%2Fa.csv", "acme/c/a.csv", "c"),
        (f"{HOST}/drops/acme/%E5%90%8D%E5%89%8D/%C3%A9.csv", "acme/名前/é.csv", "名前"),
        (f"{HOST}/drops/acme/c/100%25.csv", "acme/c/100%.csv", "c"),
        (f"{HOST}/drops/acme/c/a%2520b.csv", "acme/c/a%20b.csv", "c"),
        (f"{HOST}/drops/acme/c/a+b.csv", "acme/c/a+b.csv", "c"),
        (f"{HOST}/drops/acme/c/a%3Fb%23c.csv", "acme/c/a?b#c.csv", "c"),
        (f"{HOST}/drops/acme/c//a.csv", "acme/c//a.csv", "c"),
        (f"{HOST}/drops/acme/c/..a..csv", "acme/c/..a..csv", "c"),
        (f"{HOST}/drops/acme/c/a.csv?sv=1&sig=x", "acme/c/a.csv", "c"),
        (f"https://{ACCOUNT}.dfs.core.windows.net/drops/acme/c/a.csv", "acme/c/a.csv", "c"),
        (f"https://{ACCOUNT}.z5.blob.storage.azure.net/drops/acme/c/a.csv", "acme/c/a.csv", "c"),
        (f"https://{ACCOUNT.upper()}.blob.core.windows.net/drops/acme/c/a.csv", "acme/c/a.csv", "c"),
        (f"http://127.0.0.1:10000/{ACCOUNT}/drops/acme/c/a.csv", "acme/c/a.csv", "c"),
        (f"http://localhost:10000/{ACCOUNT}/drops/acme/c/a.csv", "acme/c/a.csv", "c"),
        (f"http://azurite:10000/{ACCOUNT}/drops/acme/c/a.csv", "acme/c/a.csv", "c"),
        (f"http://[::1]:10000/{ACCOUNT}/drops/acme/c/a.csv", "acme/c/a.csv", "c"),
        (f"{HOST}/drops/acme/{'d' * 200}/a.csv", f"acme/{'d' * 200}/a.csv", "d" * 200),
    ],
)
def test_a_blobs_address_is_decoded_once(url: str, blob: str, data_set: str) -> None:
    drop = parse_drop(event(url), ACCOUNT)
    assert isinstance(drop, Drop)
    assert drop.source
    assert (drop.source.blob, drop.data_set_id) == (blob, data_set)


@pytest.mark.parametrize(
    ("url", "code", "organization"),
    [
        # another account
        ("https://other.blob.core.windows.net/drops/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        (f"https://x{ACCOUNT}.blob.core.windows.net/drops/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        ("http://127.0.0.1:10000/other/drops/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        (f"https://{ACCOUNT}@evil.example/drops/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        # another container
        (f"{HOST}/mappings/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/payloads/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops2/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/Drops/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/$root/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops/../mappings/acme/c/a.csv", "source_not_allowed", UNKNOWN),
        # names that mean another place
        (f"{HOST}/drops/acme/c/../../other/c/a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops/acme/c/%2e%2e/%2E%2E/other/a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops/acme/c/%252e%252e/a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops/acme/./a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops/acme/c/..%5C..%5Cother%5Ca.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops//acme/c/a.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops/acme/c/a%00.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops/acme/c/a%0A.csv", "source_not_allowed", UNKNOWN),
        (f"{HOST}/drops/acme/c/{'x' * 1024}", "source_not_allowed", UNKNOWN),
        # not the folder convention
        (f"{HOST}/drops/a.csv", "folder_not_recognized", UNKNOWN),
        (f"{HOST}/drops/acme/a.csv", "folder_not_recognized", "acme"),
        (f"{HOST}/drops/acme//a.csv", "folder_not_recognized", "acme"),
        (f"{HOST}/drops/acme/%20/a.csv", "folder_not_recognized", "acme"),
        (f"{HOST}/drops/acme/{'d' * 201}/a.csv", "folder_not_recognized", "acme"),
        (f"{HOST}/drops/Acme/c/a.csv", "invalid_organization", UNKNOWN),
        (f"{HOST}/drops/default/c/a.csv", "invalid_organization", UNKNOWN),
        (f"{HOST}/drops/a--b/c/a.csv", "invalid_organization", UNKNOWN),
        (f"{HOST}/drops/{'a' * 65}/c/a.csv", "invalid_organization", UNKNOWN),
        # no address of a blob
        ("", "invalid_event", UNKNOWN),
        ("nonsense", "invalid_event", UNKNOWN),
        ("file:///drops/acme/c/a.csv", "invalid_event", UNKNOWN),
        (f"{HOST}/drops", "invalid_event", UNKNOWN),
        (f"{HOST}/drops/acme/c/%FF.csv", "invalid_event", UNKNOWN),
        ("https://[::1/drops/acme/c/a.csv", "invalid_event", UNKNOWN),
    ],
)
def test_what_can_never_be_a_drop_is_refused_with_its_cause(url: str, code: str, organization: str) -> None:
    error = refused(event(url))
    assert (error.code, error.organization) == (code, organization)
    assert error.detail.endswith(".")
    assert error.detail.isprintable()


def test_an_event_of_another_container_says_what_to_filter() -> None:
    assert "/blobServices/default/containers/drops/" in refused(event(f"{HOST}/mappings/acme/a/b.json")).detail


def test_without_an_address_the_subject_names_the_blob_and_is_not_decoded() -> None:
    subject = "/blobServices/default/containers/drops/blobs/acme/my data/a%20b.csv"
    drop = parse_drop(event(None, subject=subject), ACCOUNT)
    assert isinstance(drop, Drop)
    assert drop.source
    assert (drop.source.blob, drop.data_set_name) == ("acme/my data/a%20b.csv", "my data")


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "/blobServices/default/containers/drops",
        "/blobServices/default/containers/drops/blobs/",
        "x/blobServices/default/containers/drops/blobs/acme/c/a.csv",
    ],
)
def test_an_event_that_names_no_blob_is_refused(subject: str) -> None:
    assert refused(event(None, subject=subject)).code == "invalid_event"


def test_an_event_whose_subject_names_another_container_is_refused() -> None:
    subject = "/blobServices/default/containers/secret/blobs/acme/customers/a.csv"
    assert refused(event(subject=subject)).code == "invalid_event"


def test_an_event_of_another_accounts_topic_is_refused() -> None:
    assert refused(event(topic=TOPIC.replace(ACCOUNT, "other"))).code == "source_not_allowed"


@pytest.mark.parametrize("topic", ["", "/subscriptions/s/resourceGroups/g/providers/Microsoft.EventGrid/topics/t"])
def test_an_event_that_came_through_another_topic_is_judged_by_its_address(topic: str) -> None:
    assert isinstance(parse_drop(event(topic=topic), ACCOUNT), Drop)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (
            event(eventType="Microsoft.EventGrid.SubscriptionValidationEvent", data={"validationCode": "x"}),
            "validation",
        ),
        (cloud_event() | {"type": "Microsoft.EventGrid.SubscriptionValidationEvent"}, "validation"),
        (event(eventType="Microsoft.EventGrid.SubscriptionDeletedEvent"), "other_event"),
        (event(eventType="Microsoft.Storage.BlobDeleted"), "other_event"),
        (event(eventType="Microsoft.Storage.BlobRenamed"), "other_event"),
        (event(eventType="Microsoft.Storage.DirectoryCreated"), "other_event"),
        ({"specversion": "1.0", "type": "com.example.order"}, "other_event"),
        ({"eventType": "Microsoft.Storage.BlobDeleted"}, "other_event"),
        (event(data={"api": "CreateFile", "contentLength": 0}), "not_finished"),
        (event(data={"api": "SftpCreate", "contentLength": 0}), "not_finished"),
        (event(f"{HOST}/drops/acme/customers/"), "folder"),
        (event(f"{HOST}/drops/acme/", data={"contentLength": 0}), "folder"),
        (event(f"{HOST}/drops/acme/customers", data={"contentLength": 0}), "folder"),
    ],
)
def test_what_asks_for_nothing_is_no_failure(message: dict[str, Any], reason: str) -> None:
    ignored = parse_drop(message, ACCOUNT)
    assert isinstance(ignored, Ignored)
    assert ignored.reason == reason


@pytest.mark.parametrize("api", ["PutBlob", "PutBlockList", "CopyBlob", "FlushWithClose", "SftpCommit", ""])
def test_a_file_that_is_whole_is_taken(api: str) -> None:
    assert isinstance(parse_drop(event(data={"api": api}), ACCOUNT), Drop)


def test_an_empty_file_in_its_folder_is_a_drop_whose_reader_will_say_so() -> None:
    assert isinstance(parse_drop(event(data={"contentLength": 0}), ACCOUNT), Drop)


@pytest.mark.parametrize("etag", ["0x8D", '"0x8D"', ' "0x8D" '])
def test_an_etag_is_quoted_as_the_blob_service_does(etag: str) -> None:
    drop = parse_drop(event(data={"eTag": etag}), ACCOUNT)
    assert isinstance(drop, Drop)
    assert drop.source
    assert drop.source.etag == '"0x8D"'


@pytest.mark.parametrize("etag", ["", '""', "x" * 500, "a\r\nx-evil: 1", None])
def test_an_etag_that_is_none_is_none(etag: str | None) -> None:
    drop = parse_drop(event(data={"eTag": etag}), ACCOUNT)
    assert isinstance(drop, Drop)
    assert drop.source
    assert drop.source.etag is None


@pytest.mark.parametrize(
    "message",
    [
        {"eventType": CREATED},
        {"eventType": CREATED, "data": None},
        {"eventType": CREATED, "data": []},
        {"eventType": CREATED, "data": {"url": 7}},
        {"eventType": 7, "data": {}},
        {"specversion": "1.0", "data": {}},
        event(subject=["x"]),
        event(topic={"a": 1}),
    ],
)
def test_a_malformed_event_is_refused(message: dict[str, Any]) -> None:
    assert refused(message).code == "invalid_event"


@pytest.mark.parametrize("message", [event(), cloud_event(), ours()])
def test_base64_plain_and_a_list_of_one_are_read_alike(message: dict[str, Any]) -> None:
    text = json.dumps(message)
    bodies = [text, base64.b64encode(text.encode()), f"\ufeff {text}\n", json.dumps([message])]
    assert [parse_drop(read(body), ACCOUNT) for body in bodies] == [parse_drop(message, ACCOUNT)] * 4


@pytest.mark.parametrize("body", ["[]", "[1]", json.dumps([event(), event()]), "[[{}]]", "7", "null"])
def test_a_message_that_holds_not_one_object_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableMessage):
        read(body)


def test_our_message_is_taken_whole() -> None:
    vocabulary = {"name": "Customer", "keyPrefix": "customer", "keys": [{"key": "customer.email"}]}
    drop = parse_drop(
        ours(
            dropId="d1",
            source={"container": "payloads", "blob": "x/a b.xlsx", "sheet": "Sheet 2"},
            vocabularies=[vocabulary],
            options={"vocabulary": "customer", "samples": "masked", "engine": "auto"},
            callbackUrl="https://hooks.example.com/done?x=1",
        ),
        ACCOUNT,
    )
    assert isinstance(drop, Drop)
    assert (drop.organization, drop.drop_id, drop.data_set_id, drop.data_set_name) == (
        "acme",
        "d1",
        "crm",
        "CRM customers",
    )
    assert drop.source == Source("payloads", "x/a b.xlsx", "Sheet 2")
    assert drop.vocabularies
    assert drop.vocabularies[0].keys[0].key == "customer.email"
    assert (drop.options.engine, drop.options.samples) == ("auto", "masked")
    assert drop.callback_url == "https://hooks.example.com/done?x=1"


def test_records_come_with_the_message() -> None:
    drop = parse_drop(ours(source=None, records=[{"a": 1, "b": None}, {"a": {"deep": [1]}}]), ACCOUNT)
    assert isinstance(drop, Drop)
    assert drop.records == ({"a": 1, "b": None}, {"a": {"deep": [1]}})
    assert (drop.source, drop.options.engine) == (None, "ai")


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("message", "code", "named"),
    [
        (ours(organizationId=None), "invalid_request", "/organizationId"),
        (ours(organizationId=7), "invalid_request", "/organizationId"),
        (ours(organizationId="Acme"), "invalid_organization", "organizationId"),
        (ours(organizationId="default"), "invalid_organization", "organizationId"),
        (ours(organizationId="acme\n"), "invalid_organization", "organizationId"),
        (ours(dataSet=None), "invalid_request", "/dataSet"),
        (ours(dataSet={"id": "crm"}), "invalid_request", "/dataSet/name"),
        (ours(dataSet={"name": "crm"}), "invalid_request", "/dataSet/id"),
        (ours(dataSet={"id": "crm", "name": " "}), "invalid_request", "/dataSet/name"),
        (ours(dataSet={"id": "x" * 201, "name": "crm"}), "invalid_request", "/dataSet/id"),
        (ours(more=1), "invalid_request", "/more"),
        (ours(source=None), "invalid_request", "exactly one of source and records"),
        (ours(records=[{"a": 1}]), "invalid_request", "exactly one of source and records"),
        (ours(source={"container": "drops"}), "invalid_request", "/source/blob"),
        (ours(source={"container": "drops", "blob": "a", "account": "x"}), "invalid_request", "/source/account"),
        (ours(source={"container": "mappings", "blob": "acme/x.json"}), "source_not_allowed", "'mappings'"),
        (ours(source={"container": "drops", "blob": "a/../../mappings/x"}), "source_not_allowed", ".."),
        (ours(source={"container": "drops", "blob": "%2e%2e/mappings/x"}), "source_not_allowed", ".."),
        (ours(source={"container": "drops", "blob": "/acme/x"}), "source_not_allowed", "slash"),
        (ours(source={"container": "drops", "blob": "a\x00b"}), "source_not_allowed", "control"),
        (ours(source={"container": "drops/../mappings", "blob": "x"}), "source_not_allowed", "drops/../mappings"),
        (ours(source=None, records=[]), "invalid_request", "/records"),
        (ours(source=None, records=[{}]), "invalid_request", "no record has a field"),
        (ours(source=None, records=[{" ": 1}]), "invalid_request", "name must not be empty"),
        (ours(source=None, records=[[1]]), "invalid_request", "/records/0"),
        (ours(source=None, records=[{"a": 1}] * 10_001), "invalid_request", "/records"),
        (ours(source=None, records=[{"a": "x" * 9_000_000}]), "too_large", "8 MiB"),
        (ours(source=None, records=[{"a": nested(300)}]), "invalid_request", "/records"),
        (ours(vocabularies=[]), "invalid_request", "/vocabularies"),
        (ours(vocabularies=[{"name": "C", "keyPrefix": "c", "keys": [{"key": "x.a"}]}]), "invalid_request", "c.name"),
        (ours(options={"engine": "best"}), "invalid_request", "/options/engine"),
        (ours(options={"candidates": "3"}), "invalid_request", "/options/candidates"),
        (
            ours(vocabularies=[{"name": "C", "keyPrefix": "c"}], options={"vocabulary": "d"}),
            "invalid_request",
            "/options/vocabulary",
        ),
        (ours(callbackUrl="http://hooks.example.com"), "invalid_request", "/callbackUrl: must start with https://"),
        (ours(callbackUrl="https://u:p@hooks.example.com"), "invalid_request", "/callbackUrl"),
        (ours(callbackUrl="https://"), "invalid_request", "/callbackUrl"),
        (ours(callbackUrl="https://hooks.example.com/\r\nx"), "invalid_request", "/callbackUrl"),
        (ours(callbackUrl="javascript:alert(1)"), "invalid_request", "/callbackUrl"),
        (ours(callbackUrl=7), "invalid_request", "/callbackUrl"),
        ({}, "invalid_request", "/organizationId"),
    ],
)
def test_our_message_is_refused_by_the_member_that_is_wrong(message: dict[str, Any], code: str, named: str) -> None:
    error = refused(message)
    assert error.code == code
    assert named in error.detail


def test_a_refusal_is_the_organizations_where_the_message_names_a_valid_one() -> None:
    assert refused(ours(more=1)).organization == "acme"
    assert refused(ours(organizationId="NO", more=1)).organization == UNKNOWN


def test_a_refusal_repeats_no_value() -> None:
    assert "s3cret" not in refused(ours(dataSet={"id": "crm", "name": ["s3cret"]})).detail
    assert "s3cret" not in refused(ours(callbackUrl="https://u:s3cret@x.example")).detail


def test_a_name_with_a_lone_surrogate_is_refused() -> None:
    assert refused(ours(source={"container": "drops", "blob": "a/b/\ud800"})).code in (
        "source_not_allowed",
        "invalid_request",
    )


@pytest.mark.parametrize(
    ("message", "organization"),
    [
        (event(), "acme"),
        (cloud_event(), "acme"),
        (event(f"{HOST}/drops/acme/a.csv"), "acme"),
        (event(f"{HOST}/drops/Acme/c/a.csv"), None),
        (event(None), None),
        ({}, None),
        ({"eventType": 7}, None),
    ],
)
def test_whose_an_event_is_is_read_as_far_as_it_goes(message: dict[str, Any], organization: str | None) -> None:
    assert organization_in_event(message) == organization
