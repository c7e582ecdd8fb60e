#include "ring.h"

void ring_put(struct ring *ring, int64_t number)
{
    ring->at[ring->next] = number;
    ring->next = (uint8_t)((ring->next + 1) % 4);
}

int64_t ring_fold(const struct ring *ring, int64_t (*step)(int64_t, int64_t), int64_t first)
{
    for (int place = 0; place < 4; ++place) {
        first = step(first, ring->at[place]);
    }
    return first;
}
