"""What lies on queue ``value-batches``: a step of a job."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.values.jobs.desk import Queues
from shared.values.jobs.job import Job

QUEUE: Final = "value-batches"

Step = Literal["start", "fill", "finish", "resume"]


class StepMessage(BaseModel):
    """It outlives deployments of the app: what is added gets a default here."""

    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel, populate_by_name=True)

    organization_id: Annotated[str, Field(max_length=64, pattern="^[0-9a-z-]+$")]
    job_id: Annotated[str, Field(max_length=64, pattern="^[0-9a-z-]+$")]
    step: Step
    lane: Annotated[int, Field(ge=0, le=1_000)] = 0
    chunk: Annotated[int, Field(ge=0)] = 0


async def put_step(queues: Queues, job: Job, step: Step, lane: int = 0, chunk: int = 0) -> None:
    """Raises StorageUnavailable."""
    message = {"organizationId": job.organization, "jobId": job.job_id, "step": step, "lane": lane, "chunk": chunk}
    await queues.put(QUEUE, message)
