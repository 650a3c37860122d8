"""What of a person's motion a robot could do, as a page that needs nothing else (HTML with drawings in it)."""

from collections.abc import Callable, Iterator
from html import escape

import numpy as np

from recordings.retargeted.performance import Performance
from twin.demonstration.reach import HandReach, HandTrack, Tolerance, in_words, within
from twin.demonstration.steady import RATE_HZ
from twin.spatial import Array

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #2e9e5b; --unseen: #8883 }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2.5rem auto; padding: 0 1.5rem }
h1 { font-size: 1.6rem; margin: 0 0 .2rem } h2 { font-size: 1.15rem; margin: 2.2rem 0 .6rem }
p { margin: .2rem 0; opacity: .75 } small { opacity: .75 }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: .8rem; margin-top: 1.4rem }
.figure { background: var(--soft); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem }
.figure b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums }
.figure span { opacity: .7; font-size: .85rem }
.views { display: grid; grid-template-columns: 1fr 1fr; gap: .8rem; margin-top: .8rem }
svg { width: 100%; background: var(--soft); border: 1px solid var(--line); border-radius: .5rem }
svg text { fill: currentColor; font-size: 11px; opacity: .8 }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem }
table { margin-top: .8rem }
th { text-align: left; font-weight: 600; opacity: .7 } td.n, th.n { text-align: right }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
.key { display: inline-block; width: .8em; height: .8em; border-radius: .2em; margin: 0 .35em 0 1em }
"""
_WIDE, _HIGH, _BINS = 1000, 150, 500
_VIEW = 440
_TALLEST_MM = 120.0
_SHOWN = 12  # stretches
# By what held a hand back, so chosen that they can be told apart without green and red.
_COLOURS = {
    "out of reach": "#d55e00",
    "joint limit": "#e69f00",
    "arm nearly straight": "#f0c000",
    "would touch itself": "#cc79a7",
    "too fast": "#56b4e9",
    "too sudden": "#0072b2",
}
_OTHER = "#7a7a7a"
_GOOD = "var(--good)"


def as_html(performance: Performance, name: str) -> str:
    """The page about the take ``name`` that holds ``performance``."""
    source, spec, made = performance.source, performance.spec, performance.made
    reach, tolerance = performance.reach, performance.tolerance
    robot = " ".join(filter(None, (spec.name, spec.revision)))
    seconds = len(made.times_ns) / RATE_HZ
    measured = "" if made.person.is_measured else ", taken for granted: name it with --height"
    parts = [
        f"<h1>{escape(source.episode.task or 'A demonstration')}, by {escape(robot)}</h1>",
        f"<p>{escape(name)}, made of the take {escape(source.episode.take)} of "
        f"{escape(source.episode.operator or 'somebody')}. A hand is where it should be within "
        f"{1000 * tolerance.distance_m:.0f} mm and {np.degrees(tolerance.angle_rad):.0f}°.</p>",
        '<div class="figures">',
        _figure(f"{seconds:.1f} s", "length"),
        *(_figure(_share(each.reached_share) if each.seen_share else "not seen", f"{side} hand where it should be")
          for side, each in reach.items()),
        _figure(f"{made.scale:.2f}", f"arm, robot's over person's ({made.person.height_m:.2f} m{measured})"),
        "</div>",
    ]  # fmt: skip
    for side, each in reach.items():
        parts += _hand(side, each, made.hands[side], tolerance)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>'
        f"{escape(name)}</title><style>{_STYLE}</style><body>{''.join(parts)}</body></html>\n"
    )


def _figure(value: str, what: str) -> str:
    return f'<div class="figure"><b>{escape(value)}</b><span>{escape(what)}</span></div>'


def _share(share: float) -> str:
    return f"{share:.1%}" if share < 1.0 else "100%"


def _hand(side: str, reach: HandReach, track: HandTrack, tolerance: Tolerance) -> Iterator[str]:
    yield f"<h2>{side.capitalize()} hand</h2>"
    if not reach.seen_share:
        yield "<p>It was never seen.</p>"
        return
    yield (
        f"<p>Seen in {_share(reach.seen_share)} of the time. Off by {reach.error_mm_p50:.1f} mm in the middle, by "
        f"{reach.error_mm_p95:.1f} mm and {reach.error_deg_p95:.1f}° in the worst twentieth.</p><p>"
    )
    for words, share in reach.reasons.items():
        yield f'<span class="key" style="background:{_COLOURS.get(words, _OTHER)}"></span>{words} {_share(share)}'
    if reach.joints:
        joints = ", ".join(f"{joint} {_share(share)}" for joint, share in reach.joints.items())
        yield f"</p><p>Joints at their limits: {escape(joints)}."
    yield f"</p>{_timeline(track, tolerance)}<div class='views'>"
    yield _view(track, tolerance, "from above (forward is up)", lambda at: (-at[:, 1], -at[:, 0]))
    yield _view(track, tolerance, "from the right (forward is right)", lambda at: (at[:, 0], -at[:, 2]))
    yield "</div>"
    if reach.stretches:
        yield "<table><tr><th class=n>from</th><th class=n>to</th><th class=n>off by up to</th><th>why</th></tr>"
        for each in reach.stretches[:_SHOWN]:
            yield (
                f"<tr><td class=n>{each.from_s:.2f} s</td><td class=n>{each.to_s:.2f} s</td>"
                f"<td class=n>{1000 * each.largest_m:.0f} mm</td><td>{escape(each.reason)}</td></tr>"
            )
        yield "</table>"
        if more := len(reach.stretches) - _SHOWN:
            yield f"<p>and {more} more</p>" if more > 0 else ""


def _colour(track: HandTrack, row: int, good: bool) -> str:
    return _GOOD if good else _COLOURS.get(in_words(track.reason[row]), _OTHER)


def _timeline(track: HandTrack, tolerance: Tolerance) -> str:
    """How far off the hand was over time; colours say why."""
    good, count = within(track, tolerance), len(track.seen)
    bins = min(_BINS, count)
    edges = np.linspace(0, count, bins + 1).astype(int)
    wide = _WIDE / bins
    drawn = []
    for place in range(bins):
        rows = np.arange(edges[place], edges[place + 1])
        seen = rows[track.seen[rows]]
        x = place * wide
        if not len(seen):
            drawn.append(
                f'<rect x="{x:.1f}" y="0" width="{wide:.2f}" height="{_HIGH}" fill="var(--unseen)"/>'
            )
            continue
        worst = int(seen[np.argmax(track.error_m[seen])])
        missed = seen[~good[seen]]
        high = max(1.0, min(1000 * float(track.error_m[worst]), _TALLEST_MM) / _TALLEST_MM * (_HIGH - 20))
        fill = _colour(track, int(missed[0]) if len(missed) else worst, not len(missed))
        drawn.append(
            f'<rect x="{x:.1f}" y="{_HIGH - high:.1f}" width="{wide + 0.2:.2f}" height="{high:.1f}" fill="{fill}"/>'
        )
        if len(missed):
            drawn.append(f'<rect x="{x:.1f}" y="0" width="{wide + 0.2:.2f}" height="6" fill="{fill}"/>')
    level = _HIGH - 1000 * tolerance.distance_m / _TALLEST_MM * (_HIGH - 20)
    return (
        f'<svg viewBox="0 0 {_WIDE} {_HIGH}" role="img" aria-label="error over time">{"".join(drawn)}'
        f'<line x1="0" x2="{_WIDE}" y1="{level:.1f}" y2="{level:.1f}" stroke="currentColor" stroke-dasharray="4 4" '
        f'opacity=".5"/><text x="6" y="{level - 4:.1f}">{1000 * tolerance.distance_m:.0f} mm</text>'
        f'<text x="6" y="22">off by, up to {_TALLEST_MM:.0f} mm; grey: not seen</text>'
        f'<text x="{_WIDE - 6}" y="22" text-anchor="end">{count / RATE_HZ:.1f} s</text></svg>'
    )


def _view(
    track: HandTrack, tolerance: Tolerance, title: str, flat: Callable[[Array], tuple[Array, Array]]
) -> str:
    """Where the hand should have been, in the robot's world; colours say where it was not, and why."""
    good = within(track, tolerance)
    rows = np.flatnonzero(track.seen)[:: max(1, int(track.seen.sum()) // 800)]
    across, down = flat(track.wanted_m[rows])
    span = max(float(np.ptp(across)), float(np.ptp(down)), 0.2) * 1.15
    left, top = (across.max() + across.min() - span) / 2, (down.max() + down.min() - span) / 2
    scale = _VIEW / span
    dots = "".join(
        f'<circle cx="{(x - left) * scale:.1f}" cy="{(y - top) * scale:.1f}" r="2.4" '
        f'fill="{_colour(track, int(row), bool(good[row]))}"/>'
        for row, x, y in zip(rows, across, down, strict=True)
    )
    bar = 0.1 * scale
    return (
        f'<svg viewBox="0 0 {_VIEW} {_VIEW}" role="img" aria-label="{title}">{dots}'
        f'<text x="8" y="18">{title}</text><line x1="10" x2="{10 + bar:.1f}" y1="{_VIEW - 14}" y2="{_VIEW - 14}" '
        f'stroke="currentColor"/><text x="10" y="{_VIEW - 20}">0.1 m</text></svg>'
    )
