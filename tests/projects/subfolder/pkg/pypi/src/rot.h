#ifndef WY_ROT_H
#define WY_ROT_H

/* The letter 13 places further on; anything else as it is. */
char wy_rot13(char letter);

#endif
