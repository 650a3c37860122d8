"""The page as it is served: a few files, and headers that let it load nothing from anywhere else."""

from dataclasses import dataclass
from pathlib import Path

from twin import places

_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


@dataclass(frozen=True)
class Page:
    """One file."""

    content: bytes
    content_type: str


def load_pages() -> dict[str, Page]:
    """All files of the page by their address, the start page under "/", and the icon that browsers look for."""
    folder: Path = places.assets_folder() / "headset"
    pages = {
        f"/{path.name}": Page(path.read_bytes(), _TYPES[path.suffix])
        for path in sorted(folder.iterdir())
        if path.suffix in _TYPES
    }
    pages["/"] = pages.pop("/index.html")
    # Every browser asks for it by itself.
    pages["/favicon.ico"] = Page(
        (places.assets_folder() / "icons" / "understudy.svg").read_bytes(), "image/svg+xml"
    )
    return pages


def headers(host: str) -> dict[str, str]:
    """What every answer to a browser that came to ``host`` carries."""
    # Safari before 15.4 does not count wss: of the same host as 'self'.
    policy = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' wss://{host}; "
        "img-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "xr-spatial-tracking=(self), camera=(), microphone=(), geolocation=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
