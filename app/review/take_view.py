"""One take, looked at: the panels of the station's window, fed from the take, over a timeline."""

from collections.abc import Callable
from time import monotonic

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from app.actions.palette import Palette
from app.actions.registry import Actions
from app.actions.shortcuts import Shortcuts
from app.frame.tab_row import TabRow
from app.interventions import Interventions, observe
from app.joints.limb_use import finger_joints
from app.panels.base import PanelContext, is_absent
from app.review.actions import review_actions
from app.review.control_line import ControlLine
from app.review.desk import Desk
from app.review.headline import Headline
from app.review.pages import JointsPage, pictures_page
from app.review.playback import SPEEDS, Playback
from app.review.tape import Span, Tape
from app.review.timeline import Timeline
from app.rounds import Rounds
from app.theme import Theme
from recordings.take import Manifest
from twin.robot import RobotSpec
from twin.station import Station
from twin.wire.clock import now_ns

_MENUS = ("Take", "View", "Twin")


class TakeView(QWidget):
    """Everything about one take; another take gets another view."""

    def __init__(
        self,
        tape: Tape,
        spec: RobotSpec,
        theme: Theme,
        desk: Desk,
    ) -> None:
        """Standing at the beginning; the panels are built one per ``advance``.

        Args:
            tape: the take.
            spec: its robot.
            theme: worn until ``set_theme``.
            desk: what is around the view.
        """
        super().__init__()
        self.tape, self.spec, self._theme, self._desk = tape, spec, theme, desk
        self.playback = Playback(tape)
        self.table = Actions()
        self.table.when_refused(lambda action, why: self.say(f"{action.title}: {why}"))
        self._shortcuts = Shortcuts(self, self.table, self.attempt)
        self._interventions, self._fingers = Interventions(), finger_joints(spec)
        self._rounds = Rounds()
        self._looked_s = monotonic()
        self.pages = [pictures_page(), JointsPage()]
        self.frames = [frame for page in self.pages for frame in page.frames]
        self._build()
        self.table.add(*review_actions(self, desk))
        self._controls.explain(self.table)
        self.playback.feed.joint_history(spec)
        self.playback.feed.balance_history()
        context = PanelContext(
            station=_station_of(tape, spec), spec=spec, actions=self.table, theme=theme,
            interventions=self._interventions, is_live=False,
        )  # fmt: skip
        for frame in self.frames:
            if is_absent(frame.name, frame.part, spec):
                frame.leave_out()
        for page in self.pages:
            page.close_ranks()
        self._unbuilt = [(frame, context) for frame in self.frames if not frame.absent]
        self.show_manifest(tape.manifest)

    # --- making ----------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._headline = Headline(self.tape, self.spec)
        self.tab_row = TabRow(
            [page.title for page in self.pages], self.table, self.playback.feed, self.attempt, _MENUS
        )
        self.stack = QStackedWidget()
        for page in self.pages:
            self.stack.addWidget(page)
        self.timeline = Timeline(self._theme)
        self.timeline.sought.connect(self.playback.seek)
        self.timeline.trimmed.connect(self._desk.trim)
        self._controls = ControlLine(self.attempt)
        self.palette_box = Palette(self, self.table, self._theme, self.attempt)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._headline)
        layout.addWidget(self.tab_row)
        layout.addWidget(self.stack, 1)
        layout.addWidget(self.timeline)
        layout.addWidget(self._controls)
        self.tab_row.show_tab(0)
        self.set_theme(self._theme)

    # --- each frame ------------------------------------------------------------------------------------

    def advance(self) -> None:
        """Let the time since the last call go by, and show what is there."""
        if self._unbuilt:
            frame, context = self._unbuilt.pop(0)
            frame.build(context.for_part(frame.part, self._theme))
            if frame.panel:
                self._rounds.add(frame.panel.rate_hz, self._refreshing(frame.refresh, frame.name == "twin"))
            self._looked_s = monotonic()
            if not self._unbuilt:
                self.playback.seek(self.playback.position_s)  # for those that were not there yet
            return
        at_s = monotonic()
        changed = self.playback.advance(min(at_s - self._looked_s, 0.1))
        self._looked_s = at_s
        if changed:
            observe(self.playback.feed, self._interventions, self._fingers)
        self._rounds.run(now_ns())
        self.timeline.show_place(self.playback.position_s)
        self._controls.show_place(self.playback, self.tape.seconds)

    def _refreshing(self, refresh: Callable[..., None], is_twin: bool) -> Callable[[int], None]:
        """The twin's camera glides while the take stands; all else stands with the take."""
        playback = self.playback
        return lambda _at_ns: refresh(playback.feed, playback.feed.now_ns if is_twin else playback.content_ns)

    # --- what is shown ---------------------------------------------------------------------------------

    @property
    def part(self) -> Span:
        """What counts."""
        part = self.tape.manifest.part
        return (part.from_s, part.to_s) if part else (0.0, self.tape.seconds)

    def show_manifest(self, manifest: Manifest) -> None:
        """What is known and thought of the take has changed."""
        self.tape.manifest = manifest
        self._headline.show_manifest(manifest)
        self._controls.show_mark(manifest.rating)
        self.timeline.show_tape(self.tape, self.part)

    def say(self, text: str) -> None:
        """One sentence about what was just done, or why it cannot be."""
        self._headline.say(text)

    def end(self) -> None:
        """Another take is shown, or none."""
        self.hide()
        self.deleteLater()

    def set_theme(self, theme: Theme) -> None:
        """Take on other colours."""
        self._theme = theme
        self._headline.set_theme(theme)
        self.timeline.set_theme(theme)
        self.palette_box.set_theme(theme)
        for frame in self.frames:
            frame.set_theme(theme)

    def attempt(self, action_id: str) -> None:
        """Do an action by its id, or say why it cannot be done."""
        self.say("")
        self.table.attempt(action_id, self.playback.feed)

    # --- the acts --------------------------------------------------------------------------------------

    def toggle_playing(self) -> None:
        """Play, or stand still."""
        if self.playback.is_playing:
            self.playback.pause()
        else:
            self.playback.play()

    def step(self, pictures: int) -> None:
        """Go to the next picture of the first camera, or the one before; without cameras by a thirtieth of a second."""
        self.playback.pause()
        at_s = self.playback.position_s
        names = self.tape.episode.camera_names
        shown_s = self.tape.pictures_s(names[0]) if names else []
        if pictures > 0:
            wanted = next((each for each in shown_s if each > at_s + 1e-4), at_s + pictures / 30)
        else:
            wanted = next((each for each in reversed(shown_s) if each < at_s - 1e-4), at_s + pictures / 30)
        self.playback.seek(wanted)

    def go(self, seconds: float) -> None:
        """Go on by so many seconds, or back."""
        self.playback.seek(self.playback.position_s + seconds)

    def seek(self, seconds: float) -> None:
        """Go to a second of the take."""
        self.playback.seek(seconds)

    def change_speed(self, faster: bool) -> None:
        """Play the next faster or slower way."""
        place = SPEEDS.index(self.playback.speed) + (1 if faster else -1)
        self.playback.speed = SPEEDS[min(max(0, place), len(SPEEDS) - 1)]

    def count_from_here(self) -> None:
        """What is before this place counts no more."""
        self._desk.trim(self.playback.position_s, self.part[1])

    def count_until_here(self) -> None:
        """What is after this place counts no more."""
        self._desk.trim(self.part[0], self.playback.position_s)

    def show_page(self, page: int) -> None:
        """Pictures, or joints."""
        self.stack.setCurrentIndex(page)
        self.tab_row.show_tab(page)
        self.playback.seek(self.playback.position_s)  # a camera that was not looked at has missed pictures

    def open_palette(self) -> None:
        """Everything there is to do."""
        self.palette_box.toggle(self.playback.feed)


def _station_of(tape: Tape, spec: RobotSpec) -> Station:
    """What the panels want to know of the station; nobody is in its folder."""
    episode = tape.episode
    base = tape.base if tape.base in spec.bases else spec.bases[0]
    return Station(
        folder="/nonexistent",
        robot_folder=str(spec.folder),
        revision=episode.revision,
        scene=episode.scene or "table",
        base=base,  # type: ignore[arg-type]
        seed=episode.seed,
        level=tape.level,
    )
