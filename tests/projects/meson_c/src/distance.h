#ifndef WY_DISTANCE_H
#define WY_DISTANCE_H

#include <stddef.h>
#include <stdint.h>

/* The fewest insertions, deletions and replacements between two texts, or SIZE_MAX when there is no memory. */
size_t wy_distance(const uint32_t *left, size_t left_size, const uint32_t *right, size_t right_size);

#endif
