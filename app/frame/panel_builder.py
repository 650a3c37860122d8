"""Builds the panels one per idle slot, after the window was painted for the first time."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.actions.joints import joint_actions
from app.actions.registry import Actions
from app.frame.panel_frame import PanelFrame
from app.joints.limb_use import finger_joints
from app.panels.base import PanelContext, TakeDraft, is_absent
from app.rounds import Rounds
from app.session import Session
from app.stalls import Stalls
from app.theme import Theme
from app.workspaces.base import Workspace
from twin.errors import UnderstudyError
from twin.robot import RobotSpec, load_robot
from twin.wire.clock import NS_PER_MS, now_ns

log = logging.getLogger(__name__)


class PanelBuilder(QObject):
    """Reads the robot's folder, then fills the frames in their order and puts each panel on its rounds."""

    built = Signal()  # all panels are there, or have said why not

    def __init__(
        self,
        session: Session,
        frames: Sequence[PanelFrame],
        actions: Actions,
        draft: TakeDraft,
        rounds: Rounds,
        stalls: Stalls,
        theme: Callable[[], Theme],
    ) -> None:
        """``theme()`` is the one that is worn when a panel is built."""
        super().__init__()
        self._session, self._frames, self._actions, self._draft = session, frames, actions, draft
        self._rounds, self._stalls, self._theme = rounds, stalls, theme
        self._unbuilt: list[tuple[PanelFrame, PanelContext]] = []
        self._begun = False

    @property
    def complete(self) -> bool:
        """Whether all panels were built, or have said why not."""
        return all(frame.panel or frame.failed or frame.absent for frame in self._frames)

    def begin(self) -> None:
        """Build when there is time; asked again, it goes on as it is."""
        QTimer.singleShot(0, self._prepare)

    def finish(self) -> None:
        """Build at once what is not built yet."""
        self._prepare()
        while self._unbuilt:
            self._build_next()

    def _prepare(self) -> None:
        if self._begun:
            return
        self._begun = True
        station = self._session.station
        try:
            spec = load_robot(Path(station.robot_folder), station.revision)
        except UnderstudyError as error:
            log.error("%s", error)
            for frame in self._frames:
                frame.fail(str(error))
            self.built.emit()
            return
        self._session.fingers = finger_joints(spec)
        self._session.feed.joint_history(spec)  # remembers from now on, shown or not
        self._session.feed.balance_history()
        context = PanelContext(
            station=station,
            spec=spec,
            actions=self._actions,
            theme=self._theme(),
            draft=self._draft,
            interventions=self._session.interventions,
            dragging=self._session.dragging,
            shift=self._session.shift,
            drawn=self._session.drawn,
            stop_confirmed=lambda: self._session.stop.confirmed,
        )
        self._leave_out(spec)
        self._actions.add(*joint_actions(spec, context.selection, self._session.requests, self._actions))
        self._unbuilt = [(frame, context) for frame in self._frames if not frame.absent]
        QTimer.singleShot(0, self._build_in_turn)

    def _leave_out(self, spec: RobotSpec) -> None:
        """Take out what this robot lacks, so that the others have the room."""
        absent = [frame for frame in self._frames if is_absent(frame.name, frame.part, spec)]
        for frame in absent:
            frame.leave_out()
        for workspace in {frame.parentWidget() for frame in absent}:
            if isinstance(workspace, Workspace):
                workspace.close_ranks()

    def _build_in_turn(self) -> None:
        if self._unbuilt:
            self._build_next()
            QTimer.singleShot(0, self._build_in_turn)

    def _build_next(self) -> None:
        frame, context = self._unbuilt.pop(0)
        started_ns = now_ns()
        frame.build(context.for_part(frame.part, self._theme()))
        log.debug("panel %s %s: %.0f ms", frame.name, frame.part, (now_ns() - started_ns) / NS_PER_MS)
        if frame.panel:
            self._rounds.add(frame.panel.rate_hz, _refreshing(frame, self._session))
        self._stalls.forgive()
        if not self._unbuilt:
            self.built.emit()


def _refreshing(frame: PanelFrame, session: Session) -> Callable[[int], None]:
    return lambda at_ns: frame.refresh(session.feed, at_ns)
