/* normal.c - by bisection, for it is asked once. */
#include "math/normal.h"

#include <math.h>

double cf_normal_within(double share)
{
    double low = 0, high = 40;

    while (high - low > 1e-13 * high) {
        double x = (low + high) / 2;
        if (erfc(x / sqrt(2)) > 1 - share)
            low = x;
        else
            high = x;
    }
    return (low + high) / 2;
}
