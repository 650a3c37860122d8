"""Measure with the urgency that the control role asks for; a peer's process inherits it."""

import contextlib
import os
from collections.abc import Iterator

from twin.role import be_nice, be_urgent


@contextlib.contextmanager
def as_in_the_control_role() -> Iterator[None]:
    """Scheduled as the control role is, and as before afterwards."""
    policy, parameters = os.sched_getscheduler(0), os.sched_getparam(0)
    niceness = os.getpriority(os.PRIO_PROCESS, 0)
    be_urgent(-11)
    try:
        yield
    finally:
        os.sched_setscheduler(0, policy, parameters)
        be_nice(niceness)
