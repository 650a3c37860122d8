"""What a robot lacks is absent from the window, and the others take its room."""

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QGridLayout

from app.panels.base import is_absent, panel_names
from app.workspaces.operate import create
from twin.robot import find_robot, load_robot

SPEC = load_robot(find_robot("optimus"))
BLIND = replace(SPEC, cameras=())


def test_a_robot_with_all_its_cameras_lacks_no_panel():
    frames = create_frames_parts()
    assert not any(is_absent(name, part, SPEC) for name, part in frames)


def test_only_the_cameras_of_a_blind_robot_are_absent():
    absent = {part for name, part in create_frames_parts() if is_absent(name, part, BLIND)}
    assert absent == {"head", "left_wrist", "right_wrist"}
    assert is_absent("cameras", "", BLIND)
    assert not any(is_absent(name, "", BLIND) for name in panel_names() if name != "cameras")


def test_the_others_take_the_room_of_what_is_absent(qtbot):
    workspace = create()
    qtbot.addWidget(workspace)
    for frame in workspace.frames:
        if is_absent(frame.name, frame.part, BLIND):
            frame.leave_out()
    workspace.close_ranks()
    grid = workspace.layout()
    assert isinstance(grid, QGridLayout)
    places = {}
    for index in range(grid.count()):
        widget = grid.itemAt(index).widget()
        row, column, _, columns = grid.getItemPosition(index)
        places[widget.name] = (row, column, columns)
    assert places == {
        "twin": (0, 0, 24),
        "limbs": (1, 0, 24),
        "input_map": (2, 0, 14),
        "episode": (2, 14, 10),
    }


@pytest.fixture(autouse=True)
def _application(qapp):
    return qapp


def create_frames_parts() -> list[tuple[str, str]]:
    workspace = create()
    parts = [(frame.name, frame.part) for frame in workspace.frames]
    workspace.deleteLater()
    return parts
