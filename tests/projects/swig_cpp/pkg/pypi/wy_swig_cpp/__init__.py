from .tally import Tally

__all__ = ["Tally"]
