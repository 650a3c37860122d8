"""What control makes of it: goals, ghosts, its own state and how late everything is."""

from twin.wire.said.message import EMPTY, Message, Vector


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
    phase: str = ""  # idle | ready | counting | engaging | engaged | inhibited
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
    clock_offset_ms: float = 0.0  # the robot's clock less this machine's
    clock_within_ms: float = -1.0  # the offset is known to plus or minus this; negative: it is not known
    measuring: str = (
        ""  # what an operator who is measured is to do, e.g. "stretch both arms straight ahead: 2"
    )
    wrists_taken: int = 0  # how often the wrists of hands that follow were taken as they are turned


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
