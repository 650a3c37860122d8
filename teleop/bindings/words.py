"""The words of bindings: names of devices, layers, controls, and of all that a control may move or do."""

from teleop.inputs.base import BUTTONS
from twin.hands import PRESETS

KINDS = ("gamepad", "keyboard", "headset", "mouse")
LAYERS = ("walk", "arms", "hands", "body", "joint")  # the last one is opened by choosing a joint
WALKING_LAYERS = ("walk", "body")  # in which a robot on its own feet walks and bends
SCALES = ("slow", "normal", "fast")
SIDES = ("left", "right")
# What can be held still while the rest goes on.
FREEZABLE = ("left_arm", "right_arm", "left_hand", "right_hand", "neck", "waist")

# What an axis may drive. hand.*: rates in the heading frame; wrist.*: rates in the hand's own frame.
MOVES = (
    *(f"hand.{axis}" for axis in ("x", "y", "z", "roll", "pitch", "yaw")),
    *(f"wrist.{axis}" for axis in ("roll", "pitch", "yaw")),
    "fingers.spread",
    "thumb.opposition",
    "closure.left",
    "closure.right",
    "closure.rate",
    # of a robot on its own feet: velocities in its heading, height and lean of its body
    "base.x",
    "base.y",
    "base.yaw",
    "body.height",
    "body.lean",
    # of any robot that has them: yaw to the left, pitch downwards, roll to the right
    *(f"{part}.{axis}" for part in ("neck", "waist") for axis in ("yaw", "pitch", "roll")),
    "joint.angle",  # of the chosen joint
)
# What a button may do.
DOES = (
    "other_side",
    "side.swap",
    "mirror",  # both arms move, one as the other's mirror image
    "mirror_me",  # a headset's hands are where the operator's are, instead of going by their ways
    *(f"freeze.{part}" for part in FREEZABLE),
    "freeze.arm",  # the arm that the sticks drive without a shift button
    "relatch",
    "wrists",  # of a headset's hands: as they are turned now, the robot's belong
    "neck.recentre",
    "body.up",
    "body.down",
    "trim.left",  # of the heading, by a little
    "trim.right",
    "joint.next",
    "joint.previous",
    "ready_pose",
    "open_hand",
    "grasp.next",
    "grasp.previous",
    "grasp.lock",
    "grasp.unlock",
    *(f"grasp.{preset}" for preset in PRESETS),
    "record",
    "discard",
    "redo",
    "take.good",
    "take.bad",
    "task.next",
    "layer.next",
    "arm",
    "pause",  # or go on
    "scale.next",
    "scale.slower",
    "scale.faster",
    "stop",
)
# What a headset's controllers have; "grip" is held while either grip is.
HEADSET_BUTTONS = (
    "grip",
    "left_grip",
    "right_grip",
    "a",
    "b",
    "x",
    "y",
    "menu",  # not from a browser
    "left_stick",
    "right_stick",
    "both_sticks",
    # pushed while it is pressed in
    *(f"{side}_stick_{way}" for side in SIDES for way in ("up", "down", "left", "right")),
)
# The names under which the window reports its keys.
KEYS = (
    *"abcdefghijklmnopqrstuvwxyz0123456789",
    *(
        "shift",
        "space",
        "enter",
        "backspace",
        "tab",
        "escape",
        "up",
        "down",
        "left",
        "right",
        "minus",
        "equal",
        "comma",
        "period",
    ),
)
# What each kind of device has to press.
CONTROLS = {"gamepad": BUTTONS, "keyboard": KEYS, "headset": HEADSET_BUTTONS, "mouse": ("drag",)}
