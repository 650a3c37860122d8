"""What cameras, recorder and every role say of themselves."""

from twin.wire.said.message import Message


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
    rated_seconds: float = 0.0  # how long the last finished take is
    part_from_s: float = 0.0  # what of it counts, in seconds since it began
    part_to_s: float = 0.0
    driven_from_s: float = 0.0  # when somebody drove in it first and last; both 0: nobody, or not measured
    driven_to_s: float = 0.0


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
