#include "rot.h"

char wy_rot13(char letter)
{
    if (letter >= 'a' && letter <= 'z') {
        return (char)('a' + (letter - 'a' + 13) % 26);
    }
    if (letter >= 'A' && letter <= 'Z') {
        return (char)('A' + (letter - 'A' + 13) % 26);
    }
    return letter;
}
