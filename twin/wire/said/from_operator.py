"""What an operator's devices say: readings, keys, drags, and head and hands in a headset."""

from twin.wire.said.message import EMPTY, Message, Vector


class InputSample(Message, frozen=True, kw_only=True, eq=False):
    """One reading of one device, as raw as the device gives it. Speaker: inputs."""

    device: str = ""  # unique while plugged in, e.g. "gamepad:3"
    kind: str = ""  # "gamepad" | "keyboard" | "headset" | "mouse"; chooses the bindings
    name: str = ""  # what the maker calls it
    connected: bool = False  # False exactly once, when it went away
    axes: Vector = EMPTY  # in the order of teleop.inputs.base.AXES
    buttons: tuple[str, ...] = ()  # names of everything held down now
    device_sampled_ns: int = 0  # when the device's newest report arrived; older than the header if it is idle
    device_waited_ns: int = 0  # for how long at most that report had waited by then to be read


class KeyState(Message, frozen=True, kw_only=True, eq=False):
    """Keys held down in the window. Speaker: window."""

    keys: tuple[str, ...] = ()  # e.g. "shift", "w", "space"; lower case
    focused: bool = False  # no key counts while the window has no focus


class DragSample(Message, frozen=True, kw_only=True, eq=False):
    """A mouse that drags a hand, or sliders of joints: where they are wanted while its button is held.

    The button is hold-to-run. The window says this on every change and every 50 ms while the button is held
    (``window.drag``); inputs says it on, in order, beside the button (``operator.drag``). After 100 ms of silence
    the button counts as let go.
    """

    held: bool = False  # the button is down
    drag: int = 0  # counts presses: another number is another drag, and latches anew
    side: str = ""  # "left" | "right": the hand that is dragged; empty: none
    frame: str = ""  # of the pose: "world" | "hand", which is the hand's own frame where this drag began
    position_m: Vector = EMPTY  # (3,) where the hand is wanted
    orientation_wxyz: Vector = EMPTY  # (4,)
    joints: tuple[str, ...] = ()  # names of the joints whose sliders are dragged; instead of a hand
    joints_rad: Vector = EMPTY  # (k,) where they are wanted


class InputDevice(Message, frozen=True, kw_only=True, eq=False):
    """A device that is plugged in, and whether it is the one that drives."""

    device: str = ""
    kind: str = ""
    name: str = ""
    bound: bool = False
    note: str = ""  # why it is not bound, or what it lacks


class InputDevices(Message, frozen=True, kw_only=True, eq=False):
    """All devices there are; on change and once a second. Speaker: inputs."""

    devices: tuple[InputDevice, ...] = ()
    note: str = ""  # one sentence for the person, e.g. "no gamepad: the keyboard drives"


class XrHand(Message, frozen=True, kw_only=True, eq=False):
    """One hand of a person who wears a headset: a controller, or the bare hand.

    Poses are in the room: x forward as the headset's space was last centred, y left, z up from the floor.
    """

    side: str = ""  # "left" | "right"
    source: str = ""  # "controller" | "hand"; empty: not seen
    fault: str = ""  # why this hand must not move anything, for a person; empty: it may
    held: bool = False  # its grip is held, after a fresh press, and nothing was lost since
    grip: float = 0.0  # 0 open .. 1 squeezed
    emulated: bool = False  # the position is the headset's guess
    position_m: Vector = EMPTY  # (3,) of the palm; empty: unknown
    orientation_wxyz: Vector = EMPTY  # (4,); x to the fingers, y left, z out of the back of a flat hand
    aim_position_m: Vector = EMPTY  # (3,) of the ray that points
    aim_orientation_wxyz: Vector = EMPTY  # (4,)
    joints_m: Vector = EMPTY  # (75,) 25 joints of a bare hand in the order of WebXR, wrist first
    joints_wxyz: Vector = EMPTY  # (100,)
    buttons: Vector = EMPTY  # (8,) as the xr-standard mapping numbers them, 0..1
    axes: Vector = EMPTY  # (4,) likewise, with its signs
    jumped: bool = False  # the fault is that it moved as no hand can


class XrSample(Message, frozen=True, kw_only=True, eq=False):
    """Head and hands of a person who wears a headset, one frame of it. Speaker: inputs."""

    device: str = ""
    fault: str = ""  # why nothing of this frame may move anything; empty: each hand says for itself
    anchor: int = 0  # counts up whenever poses before and after must not be compared
    mode: str = (
        ""  # "vr": sees only pictures | "ar": sees the room | "window": nothing is drawn in the headset
    )
    head_position_m: Vector = EMPTY  # (3,); empty: unknown
    head_orientation_wxyz: Vector = EMPTY  # (4,); x where the person looks
    hands: tuple[XrHand, ...] = ()  # left, right
    frame_seq: int = 0  # the page's own number
    frame_ns: int = 0  # the moment the headset predicted the poses for
    lost_frames: int = 0  # gaps in ``frame_seq`` since the page linked
    link_ms: float = 0.0  # how long the frame was on its way
    picture_age_ms: float = -1.0  # of the picture the person sees; negative: none
