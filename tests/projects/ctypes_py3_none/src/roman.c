/* Roman numerals, from a library without Python in it. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
    unsigned value;
    const char *letters;
} numerals[] = {
    {1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"},
    {40, "XL"},  {10, "X"},   {9, "IX"},  {5, "V"},    {4, "IV"},  {1, "I"},
};

#ifdef _WIN32
__declspec(dllexport)
#endif
int wy_roman(unsigned number, char *text, size_t size)
{
    if (number == 0 || number > 3999 || size < sizeof("MMMDCCCLXXXVIII")) {
        return -1;
    }
    *text = '\0';
    for (size_t i = 0; i < sizeof(numerals) / sizeof(*numerals); i++) {
        for (; number >= numerals[i].value; number -= numerals[i].value) {
            size_t used = strlen(text);
            snprintf(text + used, size - used, "%s", numerals[i].letters);
        }
    }
    return 0;
}
