"""What the mapping's use cases need, taken from the services; and what their queue triggers share.

Everything of shared.mapping is imported on first use: it brings rapidfuzz along, and function_app must import fast.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from functions import queues
from shared.queue_messages import replay_of
from shared.wiring import services

if TYPE_CHECKING:
    from shared.drops.run_drop import DropDesk
    from shared.mapping.queued_run import Delivery, Workshop
    from shared.mapping.run import MappingDesk

LAST_DELIVERY: Final = 5
"""Of a message whose handling fails as nobody foresaw: then the job ends with that."""
MOST_DELIVERIES: Final = 20
"""maxDequeueCount of host.json: the platform gives up. More, because a worker may die for reasons of its own (killed,
redeployed, another message) while it is at this one."""


def mapping_desk() -> MappingDesk:
    from shared.mapping.run import MappingDesk

    built = services()
    return MappingDesk(
        settings=built.settings,
        asker=built.gateway,
        mappings=built.mappings,
        indexes=built.indexes,
        policies=built.policies,
        pace=built.pace,
        prompt_sizes=built.prompt_sizes,
        reviews=built.reviews,
        meaning=built.meaning,
    )


def workshop() -> Workshop:
    from shared.mapping.queued_run import Workshop

    built = services()
    return Workshop(mapping_desk(), built.claims, built.blobs, built.processor, built.turns)


def drop_desk() -> DropDesk:
    from shared.drops.run_drop import DropDesk

    built = services()
    return DropDesk(workshop(), built.drop_files, built.queues, built.failures, built.callbacks)


def delivery_of(delivery: queues.Delivery) -> Delivery:
    """What the use case is told of a delivery."""
    from shared.mapping.queued_run import Delivery

    replayed = replay_of(delivery.message) is not None
    return Delivery(delivery.attempts, delivery.watched, replayed, delivery.dequeued >= LAST_DELIVERY)


@contextlib.contextmanager
def put_back_in_order() -> Iterator[None]:
    """Work that somebody else does, or that goes on in another run, is put back without counting it as tried."""
    from shared.mapping.claims import Busy
    from shared.mapping.orderly import TimeIsUp

    try:
        yield
    except Busy as busy:
        raise queues.Later(busy.seconds, busy.etag) from busy
    except TimeIsUp as up:
        raise queues.Later(0) from up
