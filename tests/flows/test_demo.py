"""`understudy demo` from end to end, as a person without a display starts it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

pytestmark = [pytest.mark.serial, pytest.mark.timeout(300)]

DOCUMENTED = {
    "ok": bool,
    "robot": str,
    "joints": int,
    "task_succeeded": bool,
    "control_period_ms": float,
    "real_time_factor": float,
    "gl_renderer": str,
}


def test_the_demo_leaves_a_take_a_dataset_and_pictures_and_says_so_in_one_object(tmp_path):
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "app.main", "demo", "--json", "--seconds", "3", "--out", str(out)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
        env={key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")},
    )
    assert "Traceback" not in done.stderr
    said = json.loads(done.stdout)
    assert said["faults"] == []
    assert done.returncode == 0
    assert {name: type(said[name]) for name in DOCUMENTED} == DOCUMENTED
    assert (said["ok"], said["task_succeeded"], said["joints"]) == (True, True, 74)

    take = said["take"]
    assert Path(take["path"]).is_relative_to(out)
    assert take["seconds"] >= 3
    assert take["messages"] > 500 * take["seconds"]
    assert take["joint_lost"] == 0

    dataset = said["dataset"]
    assert dataset["episodes"] == 1
    assert dataset["frames"] == pytest.approx(take["seconds"] * dataset["fps"], rel=0.1)
    assert set(dataset["cameras"]) == set(said["camera_fps"])
    rows = [pq.read_table(path) for path in Path(dataset["path"]).glob("data/**/*.parquet")]
    assert sum(table.num_rows for table in rows) == dataset["frames"]
    assert len(rows[0]["action"][0]) == 74
    assert len(list(Path(dataset["path"]).glob("videos/**/*.mp4"))) == len(dataset["cameras"])

    for figures in (said["latency_ms"]["input_to_wire"], said["latency_ms"]["wire_to_applied"]):
        assert 0 < figures["p50"] <= figures["p95"] <= figures["p99"]
    for name in ("window", "twin"):
        assert Path(said["screenshots"][name]).stat().st_size > 20_000
