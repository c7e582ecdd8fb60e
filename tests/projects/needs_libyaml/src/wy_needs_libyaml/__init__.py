"""The number of plain scalars in a flow sequence: by libyaml where it was found, in Python otherwise."""

try:
    from ._core import count_scalars
except ImportError:

    def count_scalars(text):
        """The number of scalars in a text such as "[a, b]"."""
        return len(text.strip(b"[] \n").split(b",")) if text.strip(b"[] \n") else 0


__all__ = ["count_scalars"]
