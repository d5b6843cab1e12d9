"""The timer that takes away what is past its time. Each hour it goes on where the last run ended, once around a day."""

from __future__ import annotations

import logging
from typing import Final

import azure.functions as func

from shared.errors import DependencyUnavailable
from shared.wiring import services

log = logging.getLogger(__name__)

bp: Final = func.Blueprint()


@bp.function_name("retention")
@bp.timer_trigger(arg_name="timer", schedule="0 41 * * * *", use_monitor=True)
async def retention(timer: func.TimerRequest) -> None:
    try:
        removed = await services().retention.run()
        await services().history_retention.purge()
    except DependencyUnavailable as error:
        log.warning("retention.put_off", extra={"code": error.code})
        return
    log.info("retention.swept", extra={"removed": dict(removed)})
