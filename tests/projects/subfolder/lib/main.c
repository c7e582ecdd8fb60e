#include <stdio.h>

#include "rot.h"

int main(void)
{
    for (int letter = getchar(); letter != EOF; letter = getchar()) {
        putchar(wy_rot13((char)letter));
    }
    return 0;
}
