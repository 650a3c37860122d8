"""What is known about OpenGL drivers by their own names."""

_SOFTWARE = ("llvmpipe", "softpipe", "swrast", "swr", "software")


def is_software(renderer: str) -> bool:
    """Whether what OpenGL calls ``renderer`` draws on the processor instead of a graphics card."""
    return any(name in renderer.lower() for name in _SOFTWARE)
