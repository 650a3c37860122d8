"""A day's work as a page that needs nothing else (HTML), and as a table (CSV)."""

import csv
import io
from html import escape

from recordings.checking.quality import in_words
from recordings.shift.calm import JERKIER
from recordings.shift.shift import Counters, Shift, Worked

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #2f7fd1; --good: #2e9e5b; --bad: #c8503c; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2.5rem auto; padding: 0 1.5rem; }
h1 { font-size: 1.6rem; margin: 0 0 .2rem } h2 { font-size: 1.05rem; margin: 2.2rem 0 .6rem }
p { margin: .2rem 0; opacity: .75 }
.figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: .8rem; margin-top: 1.4rem }
.figure { background: var(--soft); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem }
.figure b { display: block; font-size: 1.5rem; font-variant-numeric: tabular-nums }
.figure span { opacity: .7; font-size: .85rem }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .9rem }
th { text-align: left; font-weight: 600; opacity: .7 }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line) }
td.n, th.n { text-align: right } .good { color: var(--good) } .bad { color: var(--bad) }
svg { width: 100%; height: 8rem; background: var(--soft); border: 1px solid var(--line); border-radius: .5rem }
"""
_COUNTERS = ("takes", "per hour", "success", "good", "bad", "discarded", "in clutch", "idle")
CSV_COLUMNS = (
    "take", "begun", "task", "operator", "seconds", "discarded", "rating", "rating_reason", "suggestion",
    "suggestion_reason", "driven_s", "idle_share", "lost", "latency_ms_p95", "limited_share", "stale_s",
    "camera_hz", "jerk_m_s3",
)  # fmt: skip


def figures(counters: Counters) -> tuple[str, ...]:
    """The values under "takes", "per hour", "success", "good", "bad", "discarded", "in clutch", "idle"."""
    share = counters.success_share
    return (
        f"{counters.takes}",
        f"{counters.takes_per_hour:.1f}",
        "-" if share is None else f"{share:.0%}",
        f"{counters.good}",
        f"{counters.bad}",
        f"{counters.discarded}",
        minutes(counters.driven_s),
        minutes(counters.idle_s),
    )


def minutes(seconds: float) -> str:
    """E.g. 1:05:09 or 5:09."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def jerk_words(shift: Shift) -> str:
    """The trend in one sentence."""
    change = shift.jerk_change
    if change is None:
        return "Too few measured takes for a trend of the hands' jerk (six are needed)."
    if change > JERKIER:
        return f"The hands were {change:.0%} jerkier in the last third than in the first: time for a break?"
    return f"The hands' jerk changed by {change:+.0%} from the first third to the last."


def as_html(shift: Shift) -> str:
    """One page with its own style; opens from disk, prints, and loads nothing."""
    if shift.takes:
        span = (
            f"{shift.takes[0].begun:%H:%M} to {shift.takes[-1].begun:%H:%M}, {len(shift.takes)} takes begun"
        )
    else:
        span = "no takes on this day"
    cards = "".join(
        f'<div class="figure"><b>{value}</b><span>{name}</span></div>'
        for name, value in zip(_COUNTERS, figures(shift.whole), strict=True)
    )
    parts = [
        f"<h1>Shift of {shift.day:%A, %d %B %Y}</h1><p>{span}</p>",
        f'<div class="figures">{cards}</div>',
        f"<h2>Calm of the hands</h2>{_curve(shift)}<p>{escape(jerk_words(shift))}</p>",
        f"<h2>Tasks</h2>{_table('task', shift.per_task)}",
        f"<h2>Operators</h2>{_table('operator', shift.per_operator)}",
        f"<h2>Takes</h2>{_takes(shift.takes)}",
    ]
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>Shift of {shift.day}</title><style>{_STYLE}</style><body>{''.join(parts)}</body></html>\n"
    )


def _table(name: str, rows: tuple[Counters, ...]) -> str:
    head = f"<th>{name}</th>" + "".join(f'<th class="n">{title}</th>' for title in _COUNTERS)
    body = "".join(
        f"<tr><td>{escape(row.name)}</td>"
        + "".join(f'<td class="n">{value}</td>' for value in figures(row))
        + "</tr>"
        for row in rows
    )
    return f"<table><tr>{head}</tr>{body}</table>"


def _takes(takes: tuple[Worked, ...]) -> str:
    rows = []
    for each in takes:
        manifest = each.manifest
        mark = "discarded" if each.discarded else manifest.rating or "-"
        advice = manifest.suggestion
        said = f"{advice.word}: {advice.reason}" if advice else ""
        quality = (
            ", ".join(text.replace("=", " ") for text in in_words(manifest.quality))
            if manifest.quality
            else ""
        )
        rows.append(
            f"<tr><td>{each.begun:%H:%M:%S}</td><td>{escape(manifest.task)}</td>"
            f'<td class="n">{manifest.seconds:.1f} s</td><td class="{mark}">{mark}</td>'
            f"<td>{escape(said)}</td><td>{escape(quality)}</td></tr>"
        )
    head = '<th>begun</th><th>task</th><th class="n">length</th><th>mark</th><th>advice</th><th>quality</th>'
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _curve(shift: Shift) -> str:
    """Jerk of each measured take over the day, as a line; nothing for fewer than two."""
    found = [(each.begun.timestamp(), each.jerk_m_s3) for each in shift.takes if each.jerk_m_s3 is not None]
    if len(found) < 2:
        return ""
    first_s, last_s = found[0][0], found[-1][0]
    highest = max(jerk for _, jerk in found) or 1.0
    places = [
        (10 + 980 * (at_s - first_s) / max(last_s - first_s, 1e-9), 110 - 100 * jerk / highest)
        for at_s, jerk in found
    ]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="var(--accent)"/>' for x, y in places)
    return (
        '<svg viewBox="0 0 1000 120" preserveAspectRatio="none" role="img" aria-label="jerk of the hands over the day">'
        f'<polyline points="{line}" fill="none" stroke="var(--accent)" stroke-width="2"/>{dots}</svg>'
        f"<p>RMS of the hands' jerk per take; the highest is {highest:.1f} m/s\u00b3.</p>"
    )


def as_csv(shift: Shift) -> str:
    """One row per take, under ``CSV_COLUMNS``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for each in shift.takes:
        manifest, quality, advice = each.manifest, each.manifest.quality, each.manifest.suggestion
        measured: tuple[object, ...] = ("",) * 8
        if quality:
            measured = (
                quality.driven_s,
                round(quality.idle_share, 4),
                quality.lost,
                "" if quality.latency_ms_p95 is None else quality.latency_ms_p95,
                quality.limited_share,
                max(quality.stale_s.values(), default=0.0),
                min(quality.camera_hz.values(), default=0.0),
                "" if each.jerk_m_s3 is None else each.jerk_m_s3,
            )
        writer.writerow(
            (
                manifest.take, each.begun.isoformat(timespec="seconds"), manifest.task, manifest.operator,
                manifest.seconds, each.discarded, manifest.rating, manifest.rating_reason,
                advice.word if advice else "", advice.reason if advice else "", *measured,
            )
        )  # fmt: skip
    return out.getvalue()
