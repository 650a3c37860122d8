"""Everything the window itself can do, and what it asks of the roles, put into its table of actions."""

from typing import TYPE_CHECKING

from app.actions.headset import headset_actions
from app.actions.review import review_actions
from app.actions.robot import robot_actions
from app.actions.sound import sound_actions
from app.actions.take import take_actions
from app.actions.window import WindowActs, window_actions
from app.requests import REFUSED

if TYPE_CHECKING:
    from app.window import Window


def register_actions(window: "Window") -> None:
    """Fill the table of ``window``; panels add theirs when they are made."""
    table, session = window.actions_table, window.session

    def end_station() -> None:
        window.close()

    acts = WindowActs(
        open_palette=lambda: window.palette_box.toggle(session.feed),
        show_workspace=window.show_workspace,
        toggle_theme=window.toggle_theme,
        toggle_full_screen=window.toggle_full_screen,
        take_screenshot=window.take_screenshot,
        acknowledge=session.acknowledge,
        may_acknowledge=session.may_acknowledge,
        quit=end_station,
    )
    table.when_refused(lambda action, why: session.requests.note(action.title, REFUSED, why))
    table.add(*robot_actions(session.requests, session.stop, session.feed))
    table.add(*take_actions(session.requests, window.draft, session.feed))
    table.add(*review_actions(session.requests, session.station, session.feed))
    table.add(*window_actions(acts, tuple(workspace.title for workspace in window.workspaces)))
    table.add(*sound_actions(window.sounds.audio, session.requests))
    table.add(*headset_actions(session.requests, lambda: window.headset_door.toggle()))
