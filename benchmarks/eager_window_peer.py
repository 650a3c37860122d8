"""The same window built whole before it is shown, as is usual: what its idle slots are measured against.

Run as a process: ``python -m benchmarks.eager_window_peer STATION_DIR``; says "first paint" and ends.
"""

import sys
from pathlib import Path

from app.run_window import make_application
from app.session import Session
from app.theme import load_theme
from app.window import FRAME_MS, Window
from twin.role import RoleLife
from twin.station import Station


def main() -> None:
    """Build, show, say so, end."""
    station = Station.load(Path(sys.argv[1]))
    with RoleLife(station, "window", period_ms=FRAME_MS, supervised=False) as life:
        application = make_application()
        session = Session(life)
        window = Window(session, load_theme("dark"))
        window.resize(1600, 1000)
        window.builder.finish()
        window.painted.connect(lambda: sys.stderr.write("first paint\n"))
        window.painted.connect(application.quit)
        window.start()
        application.exec()
        session.close()


if __name__ == "__main__":
    main()
