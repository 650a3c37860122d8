"""How the twin's surroundings look in the dark and in the light theme. Colours are sRGB 0..1."""

from dataclasses import dataclass

Rgb = tuple[float, float, float]


def rgb(hexadecimal: str) -> Rgb:
    """The colour written as "#RRGGBB"."""
    digits = hexadecimal.removeprefix("#")
    return (int(digits[0:2], 16) / 255, int(digits[2:4], 16) / 255, int(digits[4:6], 16) / 255)


@dataclass(frozen=True)
class RenderTheme:
    """Colours and strengths of one look."""

    background: Rgb  # of the whole picture; the ground fades into it
    ground: Rgb  # under the robot
    line: Rgb  # of the ground's grid
    ghost: Rgb  # commanded
    mark: Rgb  # rim of what is selected
    ghost_strength: float
    shade: float  # how dark a shadow on the ground is, 0..1
    ambient: float  # strength of the light from all round
    key: float  # strength of the main lamp
    measured: Rgb  # of marks: what is measured of the balance
    contrast: Rgb  # of marks: against ``measured``
    force: Rgb  # of marks: of the ground on the feet
    push: Rgb  # of marks: from outside


DARK = RenderTheme(
    background=rgb("#26282B"),
    ground=rgb("#34373C"),
    line=rgb("#565B63"),
    ghost=rgb("#5EC8E5"),
    mark=rgb("#5EC8E5"),
    ghost_strength=0.85,
    shade=0.5,
    ambient=0.95,
    key=2.0,
    measured=rgb("#E4E7EB"),
    contrast=rgb("#17191B"),
    force=rgb("#8CC98C"),
    push=rgb("#F5B301"),
)
LIGHT = RenderTheme(
    background=rgb("#D4D6D9"),
    ground=rgb("#E3E5E8"),
    line=rgb("#A9AFB7"),
    ghost=rgb("#00607A"),
    mark=rgb("#00607A"),
    ghost_strength=0.8,
    shade=0.38,
    ambient=1.1,
    key=2.3,
    measured=rgb("#2B2F34"),
    contrast=rgb("#FFFFFF"),
    force=rgb("#2E6B2E"),
    push=rgb("#7A4F00"),
)
