/* Threads and 128-bit division: what MinGW takes from libwinpthread and libgcc. */
#include <pthread.h>
#include <stdint.h>

#define TURNS 1000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t count;

static void *turn(void *unused)
{
    (void)unused;
    for (int number = 0; number < TURNS; ++number) {
        pthread_mutex_lock(&lock);
        ++count;
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

uint64_t wy_turns(unsigned threads)
{
    pthread_t running[16];
    count = 0;
    if (threads > 16) {
        threads = 16;
    }
    for (unsigned number = 0; number < threads; ++number) {
        pthread_create(&running[number], NULL, turn, NULL);
    }
    for (unsigned number = 0; number < threads; ++number) {
        pthread_join(running[number], NULL);
    }
    return count;
}

uint64_t wy_scaled(uint64_t value, uint64_t by, uint64_t over)
{
    return over ? (uint64_t)((unsigned __int128)value * by / over) : 0;
}
