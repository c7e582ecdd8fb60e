#include "rot.h"

#include <string.h>

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char turned[] = "NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm";

char wy_rot13(char letter)
{
    const char *found = memchr(letters, letter, sizeof(letters) - 1);
    return found != NULL ? turned[found - letters] : letter;
}
