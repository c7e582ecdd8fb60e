#include "distance.h"

#include <stdlib.h>

static size_t least(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;
    return ab < c ? ab : c;
}

size_t wy_distance(const uint32_t *left, size_t left_size, const uint32_t *right, size_t right_size)
{
    size_t *row = malloc((right_size + 1) * sizeof(*row));
    if (row == NULL) {
        return SIZE_MAX;
    }
    for (size_t j = 0; j <= right_size; j++) {
        row[j] = j;
    }
    for (size_t i = 1; i <= left_size; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= right_size; j++) {
            size_t above = row[j];
            row[j] = least(above + 1, row[j - 1] + 1, diagonal + (left[i - 1] != right[j - 1]));
            diagonal = above;
        }
    }
    size_t result = row[right_size];
    free(row);
    return result;
}
