"""What a scene is made of, as its TOML file gives it: what stands, lies, moves and is asked for.

All positions are in the world frame (x forward, y left, z up), all lengths in metres, masses in kilogrammes.
"""

from dataclasses import dataclass

SHAPES = ("box", "cylinder", "sphere")
OBJECT_SHAPES = (*SHAPES, "tote")
TEXTURES = ("", "wood", "speckle", "hazard")
PUT, LIFT, REACH, KEEP = "put", "lift", "reach", "keep"
GOALS = (PUT, LIFT, REACH, KEEP)
ABOUT_OBJECTS = (PUT, LIFT)  # the other kinds are about fixtures
ANY_ORDER, GIVEN_ORDER = "any", "given"
ORDERS = (ANY_ORDER, GIVEN_ORDER)


@dataclass(frozen=True)
class Material:
    """How a surface looks."""

    name: str
    rgba: tuple[float, ...]
    texture: str  # one of TEXTURES; "" is plain
    shininess: float


@dataclass(frozen=True)
class Motion:
    """The one way in which a fixture moves: about a hinge, or along a slide. Units are rad and Nm, or m and N."""

    kind: str  # "hinge" | "slide"
    axis: tuple[float, ...]
    anchor_m: tuple[float, ...]  # of a hinge, in the world; a slide needs none
    range: tuple[float, ...]  # (2,) rad or m; 0 is as the file places it
    friction: float  # Nm or N
    damping: float  # Nm s or N s/m
    spring: float  # Nm/rad or N/m, towards 0


@dataclass(frozen=True)
class Fixture:
    """A solid that stands where it is, or moves about a hinge or along a slide."""

    name: str
    shape: str
    size_m: tuple[float, ...]  # full lengths along x, y, z
    position_m: tuple[float, ...]
    material: str
    motion: Motion | None = None
    carried_by: str = ""  # moves together with this fixture
    mass_kg: float = 0.0  # of what moves


@dataclass(frozen=True)
class Tote:
    """An open box, fastened to what it stands on: a tote, a bin, a pocket."""

    name: str
    inner_size_m: tuple[float, ...]
    wall_m: float
    position_m: tuple[float, ...]  # centre of its underside
    material: str
    floor_material: str = ""  # "": as the walls
    catch_m: float = (
        0.0  # so high over its floor the centre of a thing may be that lies in it; 0: up to the rim
    )

    @property
    def floor_m(self) -> tuple[float, ...]:
        """Centre of its floor."""
        x, y, z = self.position_m
        return (x, y, z + self.wall_m)

    @property
    def height_m(self) -> float:
        """How high over its floor the centre of a thing may be that lies in it."""
        return self.catch_m or self.inner_size_m[2]


@dataclass(frozen=True)
class Zone:
    """A marked rectangle, flat on what it is painted on."""

    name: str
    size_m: tuple[float, ...]  # (2,) along x and y
    position_m: tuple[float, ...]
    catch_m: float  # so high over it the centre of a thing may be that stands on it
    material: str

    @property
    def inner_size_m(self) -> tuple[float, ...]:
        """Its size, as a tote has one."""
        return (*self.size_m, self.catch_m)

    @property
    def floor_m(self) -> tuple[float, ...]:
        """Its centre."""
        return self.position_m

    @property
    def height_m(self) -> float:
        """How high over it the centre of a thing may be that stands on it."""
        return self.catch_m


@dataclass(frozen=True)
class FreeObject:
    """Something to be grasped."""

    name: str
    shape: str
    size_m: tuple[float, ...]  # of a tote: its outer lengths
    mass_kg: float
    position_m: tuple[float, ...]  # its centre; of a tote: the centre of its underside
    jitter_m: tuple[float, ...]  # (2,) half width in x and y
    yaw_jitter_rad: float
    material: str
    wall_m: float = 0.0  # of a tote


@dataclass(frozen=True)
class Goal:
    """One step of a task: a thing put somewhere or held up, or a fixture moved."""

    kind: str  # one of GOALS
    title: str  # what is so when it is done, e.g. "the door is open"
    object: str = ""  # to be put ...
    into: str = ""  # ... into this tote or onto this zone
    clear_m: float = 0.0  # ... or held, its lowest point so high over the ground ...
    over: str = ""  # ... and over this tote or zone; "": anywhere
    fixture: str = ""  # to be moved so that its joint is ...
    between: tuple[float, ...] = (0.0, 0.0)  # (2,) ... from here to there, rad or m


@dataclass(frozen=True)
class Task:
    """What is asked for, and how one knows that it is done, or lost."""

    instruction: str
    order: str  # one of ORDERS: whether goals count only after those before them
    fallen_below_m: float  # what was to be put somewhere and is lower than this fell off the table
    goals: tuple[Goal, ...]


@dataclass(frozen=True)
class Level:
    """How hard the seed makes it."""

    title: str
    jitter_scale: float  # multiplies every object's jitter
    without: tuple[str, ...]  # objects that are not there
    shuffle: tuple[str, ...]  # objects that change places among themselves


@dataclass(frozen=True)
class Layout:
    """A scene as its file gives it."""

    name: str
    title: str
    task: Task
    levels: tuple[Level, ...]  # the first is the easiest
    materials: tuple[Material, ...]
    fixtures: tuple[Fixture, ...]
    totes: tuple[Tote, ...]
    zones: tuple[Zone, ...]
    objects: tuple[FreeObject, ...]
    base: str = ""  # how the robot's base is held where nobody asks for another; "": as usual

    @property
    def things(self) -> "tuple[Fixture | Tote | Zone | FreeObject, ...]":
        """All that is there, each with its name and material."""
        return (*self.fixtures, *self.totes, *self.zones, *self.objects)

    @property
    def places(self) -> "tuple[Tote | Zone, ...]":
        """Where things can be put."""
        return (*self.totes, *self.zones)
