from wy_not_reproducible._core import where

assert where()
