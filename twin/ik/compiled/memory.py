"""A struct of the compiled code, and the arrays that it points at: checked once, then kept as long as it is."""

import ctypes
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Shape = tuple[str | int, ...]


class Layout(NamedTuple):
    """The fields of a struct, in the order of its header: counts, numbers, arrays, then other addresses."""

    header: str  # as a message names it
    counts: tuple[str, ...]
    numbers: tuple[str, ...]
    indices: Mapping[str, Shape]  # arrays of 32 bits; sizes are counts of the same struct, or plain numbers
    arrays: Mapping[str, Shape]  # double precision
    addresses: tuple[str, ...] = ()

    def fields(self) -> list[tuple[str, Any]]:
        """As ``ctypes`` has them."""
        addresses = (*self.indices, *self.arrays, *self.addresses)
        return [
            *((name, ctypes.c_int32) for name in self.counts),
            *((name, ctypes.c_double) for name in self.numbers),
            *((name, ctypes.c_void_p) for name in addresses),
        ]


class Memory:
    """One struct and its arrays."""

    def __init__(
        self,
        layout: Layout,
        struct: ctypes.Structure,
        arrays: Mapping[str, NDArray[Any]],
    ) -> None:
        """Point at ``arrays``, which are contiguous; those that are not named are made here, of zeros.

        Args:
            layout: of the struct.
            struct: with all its counts and numbers.
            arrays: by their names.

        Raises:
            ValueError: an array is not as the header has it: the compiled code would read beyond it.
        """
        unknown = arrays.keys() - {*layout.indices, *layout.arrays}
        if unknown:
            raise ValueError(f"{layout.header}: there is no field {', '.join(sorted(unknown))}")
        self._struct, self._arrays = struct, dict[str, NDArray[Any]]()
        for fields, dtype in ((layout.indices, np.dtype(np.int32)), (layout.arrays, np.dtype(np.float64))):
            for name, sizes in fields.items():
                shape = tuple(size if isinstance(size, int) else getattr(struct, size) for size in sizes)
                array = arrays.get(name)
                if array is None:
                    array = np.zeros(shape, dtype)
                if array.shape != shape or array.dtype != dtype or not array.flags.c_contiguous:
                    raise ValueError(
                        f"{layout.header}: {name} must be {dtype} of shape {shape} without gaps, "
                        f"not {array.dtype} of {array.shape}"
                    )
                self._arrays[name] = array
                setattr(struct, name, array.ctypes.data)
        self._address = ctypes.addressof(struct)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """The array of the field ``name``: what the compiled code reads and writes, not a copy."""
        return self._arrays[name]
