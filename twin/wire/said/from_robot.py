"""What the robot says: its state, what was applied, who it is, how it stands, and the scene around it."""

from twin.wire.said.message import EMPTY, Message, Vector


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
    qpos: Vector = EMPTY  # MuJoCo's generalised positions of the scene's model; of a bolted base none
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
