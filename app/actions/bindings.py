"""The acts of the editor of controls. What would press buttons that drive is for a robot whose motors are off."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.actions.registry import Action, Allowed
from app.feed import Feed
from twin.wire.clock import now_ns
from twin.wire.messages import AgentStatus

if TYPE_CHECKING:
    from app.panels.bindings import BindingsPanel

_MOTORS_OFF = ("BOOT", "STANDBY", "STOPPED_LATCHED", "FAULT")


def motors_are_off(feed: Feed) -> str | None:
    """Nothing that is pressed now can move the robot."""
    status = feed.fresh("robot.status", AgentStatus)
    if status is None or status.state in _MOTORS_OFF:
        return None
    return "what you press drives the robot too: switch its motors off first (F6)"


def bindings_actions(panel: "BindingsPanel") -> Iterator[Action]:
    """All that can be done in the editor."""

    def with_row(feed: Feed) -> str | None:
        if panel.table.chosen is None:
            return "choose what shall be done in the table first"
        return motors_are_off(feed)

    def when(is_so: "bool", otherwise: str) -> str | None:
        return None if is_so else otherwise

    def can_undo(_feed: Feed) -> str | None:
        return when(panel.editor.draft.can_undo, "nothing was changed")

    def can_swap(_feed: Feed) -> str | None:
        return when(panel.editor.can_swap, "no two controls are in each other's way")

    def shown(allowed: Allowed) -> Allowed:
        def check(feed: Feed) -> str | None:
            seen = panel.widget().isVisible()
            return allowed(feed) if seen else "this is on the page Setup; open it first"

        return check

    def always(_feed: Feed) -> str | None:
        return None

    for action_id, title, act, key, allowed, words in (
        (
            "bindings.capture",
            "Bind the chosen row to a control that you press",
            panel.capture,
            "Ctrl+Shift+R",
            with_row,
            "remap button",
        ),
        (
            "bindings.swap",
            "Let two controls change places",
            lambda: panel.editor.swap(),
            "Ctrl+Shift+W",
            can_swap,
            "conflict",
        ),
        (
            "bindings.undo",
            "Take the last change of the controls back",
            lambda: panel.editor.undo(),
            "Ctrl+Shift+Z",
            can_undo,
            "",
        ),
        (
            "bindings.measure",
            "Measure the dead zone of the sticks",
            lambda: panel.editor.measure(now_ns()),
            "Ctrl+Shift+D",
            motors_are_off,
            "calibrate drift",
        ),
        (
            "bindings.import",
            "Import controls from a file",
            panel.choose_import,
            "Ctrl+Shift+I",
            motors_are_off,
            "load profile",
        ),
        (
            "bindings.export",
            "Export the controls to a file",
            panel.choose_export,
            "Ctrl+Shift+E",
            motors_are_off,
            "profile",
        ),
        ("bindings.save", "Save the controls", panel.save, "Ctrl+S", always, "bindings profile"),
    ):
        yield Action(action_id, title, act, key, "", shown(allowed), words)
