"""Operate: hands busy, eyes on the cameras, nothing to drag."""

from app.workspaces.base import Workspace
from app.workspaces.rows import Place, Row, RowsWorkspace

TITLE = "Operate"

_PLACES = (
    Place("cameras", "head", "Head camera", 0, 14),
    Place("twin", "", "Twin", 0, 10),
    Place("cameras", "left_wrist", "Left wrist camera", 1, 7),
    Place("cameras", "right_wrist", "Right wrist camera", 1, 7),
    Place("limbs", "", "Limbs", 1, 10),
    Place("input_map", "", "Input map", 2, 14),
    Place("episode", "", "Episode", 2, 10),
)
_ROWS = (Row(52, 200), Row(26, 140), Row(22, 160))


def create() -> Workspace:
    """The workspace with its empty frames, largest first."""
    return RowsWorkspace(TITLE, _PLACES, _ROWS)
