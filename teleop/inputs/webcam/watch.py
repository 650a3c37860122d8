"""The process that watches a camera and reports hands; a hang or crash of it costs hands, and nothing else.

    python -m teleop.inputs.webcam.watch /dev/video0 --view-deg 65 --hand-m 0.185

writes one record for each picture to its standard output (``report``). What keeps it from working stands in the last
line of its standard error.
"""

import argparse
import math
import os
import sys

from teleop.inputs.webcam.camera import Camera
from teleop.inputs.webcam.joints import Camera as Lens
from teleop.inputs.webcam.joints import PlacedHand
from teleop.inputs.webcam.landmarks import Landmarks
from teleop.inputs.webcam.networks import open_networks
from teleop.inputs.webcam.palms import Palms
from teleop.inputs.webcam.report import packed
from teleop.inputs.webcam.tracker import HandTracker
from teleop.inputs.xr.seen import SIDES
from twin.errors import StationError

_NICENESS = 5  # whoever drives comes first


def watch(camera_name: str, view_rad: float, hand_m: float) -> None:
    """Report until there are no more pictures, or nobody reads.

    Raises:
        StationError: there are no pictures, or no hand tracker.
    """
    palms, landmarks = open_networks()
    tracker = HandTracker(Palms(palms), Landmarks(landmarks))
    camera = Camera(camera_name)
    lens = Lens(camera.width_px, camera.height_px, view_rad)
    placed = {side: PlacedHand(side, hand_m) for side in SIDES}
    seq = 0
    while True:
        picture, at_ns = camera.next()
        seen = tracker.see(picture)
        seq += 1
        record = packed(
            seq, at_ns, {side: placed[side].joints(hand, lens, at_ns) for side, hand in seen.items()}
        )
        sys.stdout.buffer.write(record)
        sys.stdout.buffer.flush()


def main() -> int:
    """As the link starts it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("camera")
    parser.add_argument("--view-deg", type=float, required=True)
    parser.add_argument("--hand-m", type=float, required=True)
    args = parser.parse_args()
    os.nice(_NICENESS)
    try:
        watch(args.camera, math.radians(args.view_deg), args.hand_m)
    except StationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
