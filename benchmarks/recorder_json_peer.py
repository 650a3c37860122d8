"""The peer: the same messages, heard the same way, written by the plain mcap library as JSON (its own process)."""

import base64
import json
import signal
import sys
import types
from pathlib import Path
from typing import Any

import msgspec
from mcap.writer import Writer

from recordings.log import typed
from twin.station import Station
from twin.wire.bus import Listener, Waiter
from twin.wire.clock import NS_PER_MS, now_ns


def main(station_folder: Path, out: Path) -> None:
    """Write until told to end."""
    ending: list[int] = []

    def end(number: int, _frame: types.FrameType | None) -> None:
        ending.append(number)

    signal.signal(signal.SIGTERM, end)
    listener = Listener(Station.load(station_folder), [""])
    waiter = Waiter()
    channels: dict[str, int] = {}
    with out.open("wb") as file:
        writer: Any = Writer(file)
        writer.start()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while not ending:
            waiter.wait(now_ns() + 5 * NS_PER_MS)
            for heard in listener.drain():
                if heard.topic not in channels:
                    schema = writer.register_schema(heard.topic, "jsonschema", b"{}")
                    channels[heard.topic] = writer.register_channel(heard.topic, "json", schema)
                content = json.dumps(_plain(typed(heard))).encode()
                writer.add_message(
                    channels[heard.topic],
                    heard.received_ns,
                    content,
                    heard.sampled_ns,
                    heard.seq & 0xFFFFFFFF,
                )
        writer.finish()


def _plain(message: Any) -> Any:
    if isinstance(message, msgspec.Struct):
        return {name: _plain(getattr(message, name)) for name in message.__struct_fields__}
    if hasattr(message, "tolist"):
        return message.tolist()
    if isinstance(message, bytes):
        return base64.b64encode(message).decode()
    if isinstance(message, tuple):
        return [_plain(each) for each in message]
    if hasattr(message, "DESCRIPTOR"):
        return {"format": message.format, "data": _plain(bytes(message.data))}
    return _plain(vars(message)) if hasattr(message, "__dataclass_fields__") else _whole(message)


def _whole(value: Any) -> Any:
    return {name: _plain(each) for name, each in value.items()} if isinstance(value, dict) else value


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
