#ifndef WY_FRACTION_H
#define WY_FRACTION_H

/* The greatest number that divides both. */
unsigned long wy_gcd(unsigned long a, unsigned long b);

#endif
