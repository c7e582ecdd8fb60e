# distutils: language = c++
# cython: language_level = 3
"""Letters by how often they are there."""

from libc.stdint cimport int64_t
from libcpp.map cimport map
from libcpp.string cimport string
from libcpp.vector cimport vector


cdef extern from *:
    """
    #include <stdexcept>
    #include <vector>
    static char at(const std::vector<char> &letters, size_t place) { return letters.at(place); }
    """
    char at(const vector[char] &letters, size_t place) except +


def most(bytes text, size_t place):
    """The letter in that place when letters are sorted by how often they are there."""
    cdef map[char, int] counts
    cdef map[int, vector[char]] by_count
    cdef vector[char] letters
    cdef string words = text
    cdef char letter
    for letter in words:
        counts[letter] += 1
    for pair in counts:
        by_count[-pair.second].push_back(pair.first)
    for row in by_count:
        for letter in row.second:
            letters.push_back(letter)
    return chr(at(letters, place))


def total(const int64_t[:] numbers):
    """The sum of a buffer of numbers of 64 bits."""
    cdef int64_t result = 0
    cdef Py_ssize_t place
    for place in range(numbers.shape[0]):
        result += numbers[place]
    return result
