"""The operator is measured by the headset: asked for, told pose by pose, and kept in their profile."""

import logging
from typing import NamedTuple

from teleop.following.two_poses import Body, TwoPoses
from teleop.operators import save_operator
from twin.errors import SettingsError
from twin.wire.ask import arguments
from twin.wire.messages import Reply, XrSample

log = logging.getLogger(__name__)


class Look(NamedTuple):
    """How the measuring stands."""

    words: str = ""  # what the operator is to do; empty while nobody is measured
    came_to: str = ""  # what came of it, in the moment in which it ended
    body: Body | None = None  # then, if it came to anything


class Measuring:
    """Of the person who drives this station."""

    def __init__(self, operator: str) -> None:
        """``operator`` is whose profile it is; empty if nobody said who drives."""
        self._operator = operator
        self._poses = TwoPoses()
        self._told = "nobody was measured yet"

    def answer(self, values: dict[str, str], is_coupled: bool, now_ns: int) -> Reply:
        """Begin with ``begin``, end with ``cancel``; without either say how it stands."""
        if values.get("begin") == "true":
            if is_coupled:
                return Reply(reason="let go of hold-to-run first: who is measured does not drive")
            if not self._operator:
                return Reply(
                    reason="nobody said who drives: start with `understudy --operator NAME` to keep a profile"
                )
            self._poses.begin(now_ns)
        elif values.get("cancel") == "true":
            self._poses.cancel("stopped; nothing was changed")
        running = self._poses.is_running
        told = self._poses.words(now_ns) if running else self._told
        return Reply(
            accepted=True, reason=told, results=arguments({"running": str(running).lower(), "told": told})
        )

    def see(self, sample: XrSample, now_ns: int) -> None:
        """The headset said where head and hands are."""
        self._poses.see(sample, now_ns)

    def look(self, now_ns: int) -> Look:
        """How it stands at ``now_ns``."""
        poses = self._poses
        poses.look(now_ns)
        if poses.is_running:
            return Look(poses.words(now_ns))
        body, failed = poses.body, poses.failed
        poses.body, poses.failed = None, ""
        if body is not None:
            self._told = self._keep(body)
        elif failed:
            self._told = failed
            log.info("not measured: %s", failed)
        else:
            return Look()
        return Look(came_to=self._told, body=body)

    def _keep(self, body: Body) -> str:
        values = {
            "arm_length_m": round(body.arm_m, 3),
            "shoulders_below_eyes_m": round(body.shoulders_below_eyes_m, 3),
        }
        arm, shoulders = (f"{metres:.3f} m" for metres in (body.arm_m, body.shoulders_below_eyes_m))
        measured = f"your arm is {arm} long, your shoulders are {shoulders} below your eyes"
        try:
            save_operator(self._operator, dict(values))
        except SettingsError as error:
            return f"{measured}, but that was not kept: {error}"
        log.info("%s: %s", self._operator, measured)
        return f"{measured}: kept; mirror me uses it from now on, the reach of hands from the next start"
