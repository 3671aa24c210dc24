"""HEIC as phones write it, made from the one that there is: cropped, turned, with metadata that are none."""

from __future__ import annotations

import struct


def box(name: bytes, inside: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(inside), name) + inside


def crop(width: int, height: int, right: tuple[int, int] = (0, 1), down: tuple[int, int] = (0, 1)) -> bytes:
    """A `clap`: size, and how far its middle lies from that of the whole."""
    return box(b"clap", struct.pack(">IIIIiIiI", width, 1, height, 1, *right, *down))


def turn(quarters: int) -> bytes:
    return box(b"irot", bytes([quarters]))


def mirror(axis: int) -> bytes:
    return box(b"imir", bytes([axis]))


def with_properties(data: bytes, *boxes: bytes) -> bytes:
    """The picture with these as well, in their order."""
    for each in boxes:
        data = _with_property(data, each)
    return data


def _with_property(data: bytes, added: bytes) -> bytes:
    held, tied = data.index(b"ipco") - 4, data.index(b"ipma") - 4
    end = held + int.from_bytes(data[held : held + 4])
    at, number = held + 8, 1
    while at < end:
        at, number = at + int.from_bytes(data[at : at + 4]), number + 1
    count = tied + 18  # of the first item's
    place = count + 1 + data[count]
    data = data[:count] + bytes([data[count] + 1]) + data[count + 1 : place] + bytes([0x80 | number]) + data[place:]
    made = bytearray(data[:end] + added + data[end:])
    for name, by in ((b"ipco", len(added)), (b"ipma", 1), (b"iprp", len(added) + 1), (b"meta", len(added) + 1)):
        _add(made, made.index(name) - 4, by)
    _move_places(made, len(added) + 1)
    return bytes(made)


def _add(made: bytearray, at: int, by: int) -> None:
    made[at : at + 4] = (int.from_bytes(made[at : at + 4]) + by).to_bytes(4)


def _move_places(made: bytearray, by: int) -> None:
    """Of a table of version 0, where each item says with four bytes from where on its pieces lie."""
    table = made.index(b"iloc") - 4
    if made[table + 8 : table + 14] != b"\0\0\0\0\x44\x40":
        raise ValueError("another table than that of the picture at hand")
    at = table + 16
    for _ in range(int.from_bytes(made[table + 14 : table + 16])):
        _add(made, at + 4, by)
        at += 10 + 8 * int.from_bytes(made[at + 8 : at + 10])
