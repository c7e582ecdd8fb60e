#include <stdint.h>

/* The last four numbers. What lies between the members is this machine's business. */
struct ring {
    char unused;
    int64_t at[4];
    uint8_t next;
};

void ring_put(struct ring *ring, int64_t number);
int64_t ring_fold(const struct ring *ring, int64_t (*step)(int64_t, int64_t), int64_t first);
