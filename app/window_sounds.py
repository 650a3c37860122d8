"""What the window lets a person hear: looks for what happened, tells ``Audio``, and keeps the words for the line."""

from app.audio.audio import Audio
from app.audio.cue import load_cues
from app.audio.happenings import Facts, Happenings
from app.countdown import seconds_until_it_follows
from app.session import Session
from twin.wire.clock import NS_PER_S
from twin.wire.messages import AgentStatus, ControlStatus, RecorderStatus

_WRITTEN_NS = 3 * NS_PER_S


class WindowSounds:
    """Call ``look`` some twenty times a second."""

    def __init__(self, session: Session, audio: Audio | None) -> None:
        """Without ``audio`` everything is only written."""
        self._session, self.audio = session, audio
        self._happenings = Happenings(load_cues())
        self._words, self._written_ns = "", 0

    def look(self, now_ns: int) -> None:
        """Tell what has happened since the last look."""
        for happening in reversed(self._happenings.look(self._facts(), now_ns)):
            self._words, self._written_ns = happening.words, now_ns
            if self.audio is not None:
                self.audio.tell(happening)

    def words(self, now_ns: int) -> str:
        """What was heard within the last three seconds, written."""
        return self._words if now_ns - self._written_ns < _WRITTEN_NS else ""

    def _facts(self) -> Facts:
        session = self._session
        feed, top, said = session.feed, session.alarms.top, session.interventions.said
        status = feed.fresh("robot.status", AgentStatus)
        control = feed.fresh("control.status", ControlStatus)
        recorder = feed.fresh("recorder.status", RecorderStatus)
        return Facts(
            connected=status is not None,
            live=session.mode.live,
            stop_level=status.stop_level if status else "NONE",
            phase=recorder.phase if recorder else "",
            takes_saved=recorder.takes_saved if recorder else 0,
            take=recorder.take if recorder else "",
            layer=control.layer if control else "",
            measuring=control.measuring if control else "",
            note=control.note if control else "",
            wrists_taken=control.wrists_taken if control else 0,
            counting=seconds_until_it_follows(control),
            alarm=top.condition.text if top else "",
            alarm_code=top.condition.code if top else "",
            alarm_severity=top.severity if top else "",
            held_back=f"{said.subject.replace('_', ' ')} {said.kind.short}".strip() if said else "",
            held_back_kind=said.kind.name if said else "",
            break_due=session.shift.counters.break_due,
        )
