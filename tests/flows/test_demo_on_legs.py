"""The scripted operator walks a robot on its own feet by the pad, on real processes."""

from pathlib import Path

import numpy as np
import pytest

from app.demo import script, walk_script
from app.demo.stage import open_stage
from app.settings import load_settings
from twin.bases import LEGS

pytestmark = [pytest.mark.serial, pytest.mark.timeout(180)]


def test_it_steps_back_bows_and_stands_where_it_was_led(tmp_path: Path):
    station = load_settings().to_station(
        tmp_path / "st", base=LEGS, scene="table", takes_folder=str(tmp_path / "takes"), free_disk_gib=0.01
    )
    with open_stage(station, ("inputs", "control", "robot", "recorder")) as stage:
        view = stage.view
        stage.play(script.start(view))
        start_m, heading_rad = view.base[0][:2].copy(), view.base[1]
        goal_m = start_m - np.array([0.3, 0.0])
        with walk_script.asking(stage.station) as asked:
            asked.walking("on")
            stage.play(walk_script.layer(view, "walk"))
            stage.play(script.engage(view, script.HOLD))
            stage.play(walk_script.walk_to(view, goal_m, heading_rad))
        stage.play(walk_script.lean(view, 1.0))
        bent = view.mirror.measured.body("pelvis").xmat.reshape(3, 3)[0, 2]
        assert np.linalg.norm(view.base[0][:2] - goal_m) < 0.25  # the base goes back as the body bends
        assert bent > 0.3
        assert view.balance.phase == "stand"
        assert not view.balance.fall
