"""The shift so far, counted live: takes per hour, how many were good, time with the robot in hand, and when to rest."""

from dataclasses import dataclass

from recordings.shift.calm import JERKIER, jerk_change
from twin.wire.clock import NS_PER_S

_WORK_S = 50 * 60.0  # at the controls without a pause, after which a break is suggested
_BREAK_S = 5 * 60.0  # without driving: that was one
_RATE_FROM_S = 120.0  # before, a rate is a guess


@dataclass(frozen=True)
class Counters:
    """What a person reads."""

    seconds: float
    clutch_s: float
    idle_s: float  # neither driving nor recording
    takes: int
    good: int
    bad: int
    since_break_s: float
    jerk_change: (
        float | None
    )  # of the hands, the last third of the takes beside the first; None: too few takes

    @property
    def takes_per_hour(self) -> float | None:
        """None while there is too little to tell."""
        return self.takes * 3600 / self.seconds if self.seconds >= _RATE_FROM_S else None

    @property
    def success(self) -> float | None:
        """Share of good takes among the marked; None without marks."""
        marked = self.good + self.bad
        return self.good / marked if marked else None

    @property
    def break_due(self) -> str:
        """A suggestion, or nothing: after a long time at the controls, or when the hands become unsteady."""
        if self.since_break_s < _WORK_S:
            if self.since_break_s and self.jerk_change is not None and self.jerk_change > JERKIER:
                return f"the hands are {self.jerk_change:.0%} jerkier than at first: time for a break of five"
            return ""
        return f"{self.since_break_s / 60:.0f} minutes at the controls: time for a break of five"

    @property
    def words(self) -> str:
        """One line."""
        rate, success = self.takes_per_hour, self.success
        parts = [
            f"{self.takes} takes" + (f", {rate:.0f} an hour" if rate is not None else ""),
            f"{success:.0%} good" if success is not None else "",
            f"in hand {_minutes(self.clutch_s)}",
            f"idle {_minutes(self.idle_s)}",
        ]
        return " \u00b7 ".join(part for part in parts if part)


class ShiftClock:
    """Counts from the first look on."""

    def __init__(self) -> None:
        self._began_ns = self._seen_ns = 0
        self._clutch_ns = self._idle_ns = 0
        self._work_ns = self._pause_ns = 0
        self._saved_before = -1
        self._takes = 0
        self._marks: dict[str, str] = {}
        self._jerks_m_s3: dict[str, float] = {}  # by take, since the last break
        self._last_before_break = ""

    def look(
        self,
        live: bool,
        recording: bool,
        takes_saved: int | None,
        rated: tuple[str, str],
        now_ns: int,
        jerk_m_s3: float = 0.0,
    ) -> None:
        """Take in one moment.

        Args:
            live: the robot follows a hand.
            recording: a take is open.
            takes_saved: the recorder's own count; None while it is not heard.
            rated: the take finished last and its mark (good, bad, or empty).
            now_ns: the time.
            jerk_m_s3: of the hands in the take finished last; 0 where it was not measured.
        """
        if not self._began_ns:
            self._began_ns = self._seen_ns = now_ns
        # A window that stood still for long saw nothing; that time counts for neither.
        passed_ns = min(now_ns - self._seen_ns, NS_PER_S)
        self._seen_ns = now_ns
        self._clutch_ns += passed_ns if live else 0
        self._idle_ns += passed_ns if not (live or recording) else 0
        self._rest(live, passed_ns)
        if takes_saved is not None:
            if self._saved_before >= 0:
                # A recorder that was started again counts from nothing.
                self._takes += max(0, takes_saved - self._saved_before)
            self._saved_before = takes_saved
        if rated[0]:
            self._marks[rated[0]] = rated[1]
            if jerk_m_s3 > 0 and rated[0] != self._last_before_break:
                self._jerks_m_s3[rated[0]] = jerk_m_s3

    def _rest(self, live: bool, passed_ns: int) -> None:
        self._pause_ns = 0 if live else self._pause_ns + passed_ns
        if live or self._work_ns:
            self._work_ns += passed_ns
        if self._pause_ns >= _BREAK_S * NS_PER_S:
            self._work_ns = 0
            # After a rest the hands are measured anew.
            self._last_before_break = next(reversed(self._marks), "")
            self._jerks_m_s3.clear()

    @property
    def counters(self) -> Counters:
        """As they stand."""
        marks = list(self._marks.values())
        return Counters(
            seconds=(self._seen_ns - self._began_ns) / NS_PER_S,
            clutch_s=self._clutch_ns / NS_PER_S,
            idle_s=self._idle_ns / NS_PER_S,
            takes=self._takes,
            good=marks.count("good"),
            bad=marks.count("bad"),
            since_break_s=self._work_ns / NS_PER_S,
            jerk_change=jerk_change(list(self._jerks_m_s3.values())),
        )


def _minutes(seconds: float) -> str:
    return f"{seconds / 60:.0f} min"
