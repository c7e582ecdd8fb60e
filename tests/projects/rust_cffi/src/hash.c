/* The same library for machines without Rust. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t wy_hash(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325;
    if (text == NULL) {
        return 0;
    }
    for (; *text; ++text) {
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    }
    return hash;
}

char *wy_hash_hex(const char *text)
{
    char *hex = malloc(17);
    if (hex != NULL) {
        snprintf(hex, 17, "%016llx", (unsigned long long)wy_hash(text));
    }
    return hex;
}

void wy_free(char *text) { free(text); }
