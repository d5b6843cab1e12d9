"""Queue ``vocabulary-index``: catalogues whose index is to be made, told by who changed them."""

from __future__ import annotations

from typing import Final

import azure.functions as func

from functions.queues import Delivery, Unusable, handle
from shared.organizations import is_organization
from shared.wiring import services

bp: Final = func.Blueprint()
QUEUE: Final = "vocabulary-index"


@bp.function_name("vocabulary_index")
@bp.queue_trigger(arg_name="message", queue_name=QUEUE, connection="AzureWebJobsStorage")
async def vocabulary_index(message: func.QueueMessage) -> None:
    await handle(QUEUE, message, services().queues, _make)


async def _make(delivery: Delivery) -> None:
    """Raises Unusable for what names no organization, StorageUnavailable. Which version the message speaks of does not
    matter: the catalogue is indexed as it is now, once."""
    organization = delivery.content.get("organizationId")
    if not isinstance(organization, str) or not is_organization(organization):
        raise Unusable("unreadable_message", "The message names no organization whose vocabularies are to be indexed.")
    built = services()
    await built.indexes.make(organization, built.processor)
