"""What an administrator does once: the schema, the queues, tables and containers, the flags and the secrets.

Done with the ordinary Azure clients, signed in through DefaultAzureCredential. Runs as a process of its own,
``python -m local.provision``, with the app's settings in the environment and {"organization", "secrets": {name: value
or null}} on standard input; null takes a secret away. Everything may be done again.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys

QUEUES = (
    "data-drops",
    "mapping-results",
    "mapping-jobs",
    "value-batches",
    "prompt-history",
    "callbacks",
    "vocabulary-index",
)
TABLES = ("FeatureFlags", "FlagChanges", "Mappings", "Failures", "OrganizationSettings", "Erasures", "Retention")
CONTAINERS = ("drops", "mappings", "results", "payloads", "checkpoints", "vocabularies", "reviews")
FLAGS = ("AiMapping", "RuleEngine")


def migrate(database_url: str) -> None:
    from shared.adapters.sql_history import SqlHistory

    history = SqlHistory(database_url)
    history.migrate()
    history.close()


def make_storage(connection: str) -> None:
    from azure.core.exceptions import ResourceExistsError
    from azure.data.tables import TableServiceClient
    from azure.storage.blob import BlobServiceClient
    from azure.storage.queue import QueueServiceClient

    with QueueServiceClient.from_connection_string(connection) as queues:
        for queue in QUEUES:
            with contextlib.suppress(ResourceExistsError):
                queues.create_queue(queue)
    with TableServiceClient.from_connection_string(connection) as tables:
        for table in TABLES:
            tables.create_table_if_not_exists(table)
    with BlobServiceClient.from_connection_string(connection) as blobs:
        for container in CONTAINERS:
            with contextlib.suppress(ResourceExistsError):
                blobs.create_container(container)


def switch_on(connection: str, organization: str) -> None:
    from azure.data.tables import TableClient

    with TableClient.from_connection_string(connection, "FeatureFlags") as flags:
        for flag in FLAGS:
            row = {"PartitionKey": organization, "RowKey": flag, "Enabled": True, "Status": "Production"}
            flags.upsert_entity(row)


def write_secrets(vault_url: str, secrets: dict[str, str | None]) -> None:
    from azure.core.exceptions import ResourceNotFoundError
    from azure.identity import DefaultAzureCredential
    from azure.keyvault.secrets import SecretClient

    with (
        DefaultAzureCredential() as credential,
        SecretClient(vault_url, credential, verify_challenge_resource=False) as vault,
    ):
        for name, value in secrets.items():
            if value is not None:
                vault.set_secret(name, value)
                continue
            with contextlib.suppress(ResourceNotFoundError):
                vault.begin_delete_secret(name)


def main() -> None:
    order = json.load(sys.stdin)
    connection = os.environ["AzureWebJobsStorage"]  # noqa: SIM112 - Azure's name
    migrate(os.environ["DATABASE_URL"])
    make_storage(connection)
    switch_on(connection, order["organization"])
    write_secrets(os.environ["KEY_VAULT_URL"], order["secrets"])


if __name__ == "__main__":
    main()
