"""The one executable: decides by its first word what this process is. Knows no Qt; parts are imported when needed."""

import argparse
import logging
import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module

import app.commands
from app.roles import DELIBERATE_END
from twin.errors import UnderstudyError


class _Version(argparse.Action):
    """Looks the version up when it is asked for: who starts the window need not wait for that."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib import metadata

        sys.stdout.write(f"understudy {metadata.version('understudy')}\n")
        parser.exit()


def commands() -> tuple[str, ...]:
    """Names of all commands: each is a module in ``app.commands`` with ``add_parser``, which sets ``func``."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(app.commands.__path__)))


def parser(command: str = "") -> argparse.ArgumentParser:
    """The whole command line; or only the part of ``command``, which spares the imports of all the others."""
    made = argparse.ArgumentParser(
        prog="understudy",
        description="Teleoperate a humanoid robot, look into it, and record what it learns from. "
        "Without a command: start the station with its window.",
        epilog="Every command has its own help: understudy COMMAND --help",
    )
    made.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    subparsers = made.add_subparsers(dest="command", metavar="COMMAND")
    names = commands()
    for name in (command,) if command in names else names:
        import_module(f"app.commands.{name}").add_parser(subparsers)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return the process's exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0].startswith("-") and words[0] not in ("-h", "--help", "--version")):
        words.insert(0, "run")
    args = parser(words[0]).parse_args(words)
    logging.basicConfig(
        level=logging.INFO,
        format=f"%(asctime)s {getattr(args, 'role', args.command)} %(levelname)s: %(message)s",
        datefmt="%H:%M:%S",
        stream=sys.stderr,
    )
    try:
        code: int = args.func(args)
    except UnderstudyError as error:
        role = f" role {args.role}" if args.command == "role" else ""
        sys.stderr.write(f"understudy{role}: {error}\n")
        return DELIBERATE_END
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output left; there is nobody to tell
        return 141
    except OSError as error:
        # A file or folder that a person named and the system refuses; a role's trouble with one is its own.
        if error.filename is None or args.command == "role":
            raise
        sys.stderr.write(f"understudy: {error.filename}: {error.strerror}; name another, or make it usable\n")
        return DELIBERATE_END
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())
