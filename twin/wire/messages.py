"""Every type that crosses a process boundary, with units and frames in its names.

These structs are the schema: ``codec`` derives the protobuf descriptors from them, for the wire and for the
log alike, and ``wire.proto`` (generated, checked by a test) is the same text for readers in other languages.

Rules of evolution: a field's number is its place in the class, so fields are only ever appended, never
reordered, renamed or removed. Every field has a default, which is what an older speaker is taken to have said.

Frames: world is x forward, y left, z up at the robot's start; quaternions are wxyz; joints are in the order
of ``RobotIdentity.joint_names``. Axes of a device: stick up = +1, stick left = +1, trigger 0..1.
When a value was sampled and which number it has travels in the header of each message (see ``bus``).
"""

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

# One-dimensional float32; on the wire a packed `repeated float`.
Vector = NDArray[np.float32]

EMPTY: Vector = np.zeros(0, np.float32)
EMPTY.setflags(write=False)


def vector(values: Any) -> Vector:
    """A float32 vector of ``values``, ready to be put into a message."""
    return np.asarray(values, np.float32).reshape(-1)


class Message(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Base of all messages."""


# --- from a human's hand ------------------------------------------------------------------------------


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


# --- from intent to command ---------------------------------------------------------------------------


class HandGoal(Message, frozen=True, kw_only=True, eq=False):
    """Where one hand is wanted and how far it got."""

    side: str = ""  # "left" | "right"
    driven: bool = False
    position_m: Vector = EMPTY  # (3,) in the world frame
    orientation_wxyz: Vector = EMPTY  # (4,)
    grasp: str = ""  # open | power | pinch | tripod | lateral | point
    closure: float = 0.0  # 0 open .. 1 closed
    error_m: float = 0.0  # how far the commanded hand is from the wanted one
    band: str = ""  # of a hand that follows a tracked one: followed | slowed | refused (a jump)
    behind_m: float = 0.0  # how far the wanted hand is from where the tracked one would have it


class HandGhost(Message, frozen=True, kw_only=True, eq=False):
    """One of the robot's hands, life-size in the room of an operator who wears a headset, before it follows theirs.

    In the room of ``XrHand``.
    """

    side: str = ""  # "left" | "right"
    position_m: Vector = (
        EMPTY  # (3,) where the operator's palm belongs on it; empty: it is wherever theirs is
    )
    orientation_wxyz: Vector = EMPTY  # (4,) of the robot's own frame of that hand
    fault: str = ""  # why a grip pressed now would not be followed, for a person


class ControlStatus(Message, frozen=True, kw_only=True, eq=False):
    """What control makes of the operator's hands; 50 Hz and on change. Speaker: control."""

    input_seq: int = 0
    device: str = ""
    device_name: str = ""
    layer: str = ""  # walk | arms | hands | joint
    scale: str = ""  # slow | normal | fast
    hold_to_run: bool = False  # the hold-to-run input is held
    engaged: bool = False  # commands are being sent
    phase: str = ""  # idle | ready | engaging | engaged | inhibited
    reason: str = ""  # one sentence: why it does not move, empty when it does
    hands: tuple[HandGoal, ...] = ()
    limited_by: tuple[str, ...] = ()  # typed reasons, e.g. "reach:right_hand", "self_collision:left_elbow"
    hints: tuple[str, ...] = ()  # "control=meaning now", in the order to be shown
    lease_seq: int = 0
    solve_us: float = 0.0  # time of the last inverse kinematics
    side: str = ""  # the hand that the sticks drive: left | right
    note: str = ""  # one sentence that passes, e.g. "press B again to discard the take"
    frozen: tuple[str, ...] = ()  # left_arm | right_arm | left_hand | right_hand | neck | waist
    mirrored: bool = False  # both arms move, one as the other's mirror image
    joint: str = ""  # that the layer "joint" turns; empty in the other layers
    left_handed: bool = False  # sticks and bumpers have changed sides
    latched: bool = False  # hold-to-run holds itself until it is pressed again
    reasons: tuple[str, ...] = ()  # why it does not go as asked, as ``twin.reasons`` names them; worst first
    mirror_me: bool = False  # a headset's hands are where the operator's are, instead of going by their ways
    ghosts: tuple[HandGhost, ...] = ()  # of hands that a headset might drive next


class LatencyStage(Message, frozen=True, kw_only=True, eq=False):
    """One stage of the way from a hand to the robot's motion and back, over the last two seconds."""

    name: str = ""  # device | inputs | control | wire | gate | robot | state_back; window adds drawn
    newest_ms: float = 0.0
    p50_ms: float = 0.0
    p95_ms: float = 0.0
    samples: int = 0


class ControlLatency(Message, frozen=True, kw_only=True, eq=False):
    """How late the robot follows the hand, stage by stage; 5 Hz while it is driven. Speaker: control."""

    stages: tuple[LatencyStage, ...] = ()  # in the order in which they are passed
    input_seq: int = 0  # the newest sample that was followed to the motors
    whole_p50_ms: float = 0.0  # from the hand to the motion that control hears of
    whole_p95_ms: float = 0.0


# --- the robot's side ---------------------------------------------------------------------------------


class RobotState(Message, frozen=True, kw_only=True, eq=False):
    """What the robot measures; at the link's rate. Speaker: robot."""

    position_rad: Vector = EMPTY  # (n,)
    velocity_rad_s: Vector = EMPTY  # (n,)
    effort_nm: Vector = EMPTY  # (n,)
    base_position_m: Vector = EMPTY  # (3,) world
    base_orientation_wxyz: Vector = EMPTY  # (4,) world
    imu_angular_velocity_rad_s: Vector = EMPTY  # (3,) in the IMU's frame
    imu_acceleration_m_s2: Vector = EMPTY  # (3,) in the IMU's frame, gravity included
    touch_n: Vector = EMPTY  # (k,) normal force at each touch sensor, order of RobotIdentity.touch_names
    command_seq: int = 0  # newest command frame that was accepted; 0 if none
    command_received_ns: int = 0
    touch_slip_m_s: Vector = EMPTY  # (k,) how fast what each touch sensor feels slides over it


class MotorState(Message, frozen=True, kw_only=True, eq=False):
    """Slow facts of the motors; 20 Hz. Speaker: robot."""

    temperature_c: Vector = EMPTY  # (n,)
    current_a: Vector = EMPTY  # (n,)


class JointLimited(Message, frozen=True, kw_only=True, eq=False):
    """One joint that was not allowed what was asked of it."""

    joint: int = 0
    reason: str = ""  # position | speed | acceleration | jump | effort | temperature


class AppliedCommand(Message, frozen=True, kw_only=True, eq=False):
    """What was really sent to the motors, after the gate. This is the action of a dataset.

    Said in the tick in which a new command took effect, and at 100 Hz otherwise while motors are on.
    """

    command_seq: int = 0  # the frame it came from; the newest one accepted so far
    input_seq: int = 0  # the operator's sample behind it
    command_sent_ns: int = 0
    applied_ns: int = 0
    position_rad: Vector = EMPTY  # (n,) setpoints handed to the drives
    source: str = (
        ""  # teleop | blend | hold | stopping | settle | retarget (a person's motion, made afterwards)
    )
    limited: tuple[JointLimited, ...] = ()


class AgentStatus(Message, frozen=True, kw_only=True, eq=False):
    """The robot agent's own account of itself; 20 Hz and on change. Speaker: robot."""

    state: str = ""  # name of teleop.agent.states.AgentState, e.g. "HOLD"
    reason: str = ""  # one sentence: why it is in this state
    stop_level: str = "NONE"  # NONE | HOLD | SETTLE | CUT, latched
    epoch: bytes = b""  # 16 random bytes of this start of the agent
    lease_seq: int = 0
    lease_owner: str = ""  # empty: nobody
    lease_age_s: float = 0.0
    last_rejection: str = ""  # typed status of the newest refused frame, e.g. "EXPIRED"
    last_rejection_text: str = ""  # the same for a person
    rejected: int = 0  # frames refused since start
    accepted: int = 0
    lost_commands: int = 0  # gaps in the sequence
    simulated: bool = False
    real_time_factor: float = 1.0  # simulated time against wall time over the last second
    real_time_priority: bool = False
    degraded: str = ""  # why deadlines are wider than the specification asks, empty if they are not
    worst_joint: int = 0
    worst_joint_use: float = 0.0  # 1 = at its limit
    worst_joint_limit: str = ""  # position | speed | effort | temperature
    base: str = ""  # how its base is held now: gantry | wheels | legs
    bases: tuple[str, ...] = ()  # to which that can be changed while the robot holds
    walking: bool = False  # the operator has switched walking, or rolling, on for this session


class RobotIdentity(Message, frozen=True, kw_only=True, eq=False):
    """Who the robot is; once a second. Speaker: robot."""

    name: str = ""
    revision: str = ""
    serial: str = ""
    simulated: bool = False
    protocol: int = 1
    model_hash: str = ""  # hex SHA-256 over the canonical robot description
    joint_names: tuple[str, ...] = ()
    touch_names: tuple[str, ...] = ()
    camera_names: tuple[str, ...] = ()
    scene: str = ""
    owner: str = ""  # "host:pid" of the agent


class BalanceState(Message, frozen=True, kw_only=True, eq=False):
    """How a robot on its own feet keeps its balance, 50 Hz; world frame of the estimate. Speaker: robot."""

    phase: str = ""  # stand | shift | step | fallen
    walking: bool = False  # the operator has switched walking on for this session
    fall: str = ""  # why it fell; empty while upright
    com_m: Vector = EMPTY  # (3,) centre of mass
    dcm_m: Vector = EMPTY  # (2,) divergent component of motion
    cop_m: Vector = EMPTY  # (2,) centre of pressure; nan while nothing is loaded
    support_m: Vector = EMPTY  # (2 k,) corners x, y of the support polygon, counter-clockwise
    foothold_m: Vector = EMPTY  # (3,) where the swinging foot will land; nan while both feet stand
    foot_force_n: Vector = EMPTY  # (6,) on the left and on the right foot
    margin_m: float = 0.0  # of the DCM to the edge of the support, negative outside
    steps: int = 0  # since it was set on its feet
    reasons: tuple[str, ...] = ()  # why a command is slowed or refused


class AgentEvent(Message, frozen=True, kw_only=True, eq=False):
    """Something that happened once on the robot's side. Speaker: robot."""

    severity: str = ""  # info | advisory | warning | alarm
    code: str = ""  # e.g. "state", "reject", "stop", "lease", "limit"
    text: str = ""
    joint: str = ""


class SceneState(Message, frozen=True, kw_only=True, eq=False):
    """The simulated world in full, for cameras and twin; 60 Hz. Never said by a real robot. Speaker: robot."""

    time_s: float = 0.0
    qpos: Vector = EMPTY  # MuJoCo's generalised positions of the scene's model
    task: str = ""  # the instruction, e.g. "put the red cube into the tote"
    task_succeeded: bool = False
    task_note: str = ""
    task_failed: bool = False  # lost until the scene is set up anew
    subgoals_done: int = 0
    subgoals_total: int = 0
    seed: int = 0  # that places the objects
    level: int = 0  # of difficulty, from 1
    push_at_m: Vector = EMPTY  # (3,) where the robot is being pushed from outside; empty while it is not
    push_n: Vector = EMPTY  # (3,) with what force, world


# --- pictures -----------------------------------------------------------------------------------------


class CameraStatus(Message, frozen=True, kw_only=True, eq=False):
    """How one camera is doing."""

    name: str = ""
    width: int = 0
    height: int = 0
    fps_wanted: float = 0.0
    fps: float = 0.0  # measured over the last seconds
    render_ms: float = 0.0
    encode_ms: float = 0.0


class CamerasStatus(Message, frozen=True, kw_only=True, eq=False):
    """All cameras; once a second. Speaker: cameras."""

    cameras: tuple[CameraStatus, ...] = ()
    renderer: str = ""  # OpenGL's own name for what draws
    backend: str = ""  # egl | osmesa | none
    note: str = ""  # why the rate is lower than wanted, or why there is no picture


# --- recording ----------------------------------------------------------------------------------------


class RecorderStatus(Message, frozen=True, kw_only=True, eq=False):
    """The open take, or the last one; 5 Hz and on change. Speaker: recorder."""

    phase: str = ""  # idle | recording | saving | refused
    take: str = ""  # id of the open or last take
    path: str = ""
    task: str = ""
    seconds: float = 0.0
    messages: int = 0
    lost: int = 0  # sequence gaps on all topics since the take began
    video_frames: int = 0
    bytes_written: int = 0
    bytes_free: int = 0
    takes_saved: int = 0  # since the recorder started
    stop_to_saved_ms: float = 0.0  # of the last take
    note: str = ""
    rated_take: str = ""  # id of the last finished take, which the next five are about
    rating: str = ""  # good | bad; empty: nobody said
    rating_reason: str = ""
    suggestion: str = ""  # keep | redo; empty: it was not measured
    suggestion_reason: str = ""
    quality: tuple[str, ...] = ()  # "figure=value", in the order to be shown
    queue_task: str = ""  # instruction of the task that is next; empty: there is no queue
    queue_place: int = 0  # of that task, from 1
    queue_length: int = 0
    queue_done: int = 0  # its good takes
    queue_target: int = 0
    queue_reset: tuple[str, ...] = ()  # what to lay out again before each take
    queue_time_limit_s: float = 0.0  # 0: none
    queue_fault: str = ""  # why the file of tasks cannot be used
    hand_jerk_m_s3: float = 0.0  # of the last finished take, the hand that jerked most; 0: not measured


# --- every role ---------------------------------------------------------------------------------------


class RoleHealth(Message, frozen=True, kw_only=True, eq=False):
    """How one process is doing; once a second. Speaker: each role."""

    role: str = ""
    pid: int = 0
    period_ms_p50: float = 0.0
    period_ms_p99: float = 0.0
    late_ms_p99: float = 0.0
    ticks_missed: int = 0
    cpu_share: float = 0.0  # 1 = one whole core
    memory_mb: float = 0.0
    note: str = ""


class RoleLog(Message, frozen=True, kw_only=True, eq=False):
    """One line a role logged. Speaker: each role."""

    role: str = ""
    level: str = ""  # debug | info | warning | error
    text: str = ""


class RoleRow(Message, frozen=True, kw_only=True, eq=False):
    """One row of the supervisor's process table."""

    role: str = ""
    pid: int = 0
    state: str = ""  # starting | running | restarting | ended | given up
    restarts: int = 0
    note: str = ""


class StationRoles(Message, frozen=True, kw_only=True, eq=False):
    """The process table; on change and once a second. Speaker: supervisor."""

    rows: tuple[RoleRow, ...] = ()


# --- asked and answered -------------------------------------------------------------------------------


class Argument(Message, frozen=True, kw_only=True, eq=False):
    """A named value of a request, as text."""

    name: str = ""
    value: str = ""


class Request(Message, frozen=True, kw_only=True, eq=False):
    """Something a person asks of a role."""

    action: str = ""  # e.g. "record.start", "lease.acquire", "power.on"
    sender: str = ""  # who asks, for people to read
    client_id: bytes = b""  # 16 bytes; the routing id of the asker's command channel
    arguments: tuple[Argument, ...] = ()


class Reply(Message, frozen=True, kw_only=True, eq=False):
    """The answer to a request."""

    accepted: bool = False
    reason: str = ""  # why not, or what was done
    results: tuple[Argument, ...] = ()


class Answered(Message, frozen=True, kw_only=True, eq=False):
    """A request and its answer, said aloud so that a take holds it. Speaker: the role that answered."""

    action: str = ""
    sender: str = ""
    arguments: tuple[Argument, ...] = ()
    accepted: bool = False
    reason: str = ""


class StopRequest(Message, frozen=True, kw_only=True, eq=False):
    """STOP, from anyone, at any time; repeated until acknowledged."""

    level: str = "HOLD"  # HOLD | SETTLE | CUT
    source: str = ""  # e.g. "window", "gamepad"
    stop_id: int = 0  # the same for the repetitions of one press
    pressed_ns: int = 0


class StopAcknowledged(Message, frozen=True, kw_only=True, eq=False):
    """The robot's own word that the stop is latched."""

    stop_id: int = 0
    level: str = ""  # what is latched now
    state: str = ""
    epoch: bytes = b""
    latched_ns: int = 0
