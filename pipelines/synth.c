/* synth.c - made-up data of MovieLens' shape, the same every time:
 *
 *   synth ratings N SEP   userId, movieId, rating, timestamp; users in order
 *   synth titles          movieId, title, genres
 *   synth users           userId, age, zip */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USERS = 138493, ITEMS = 27278, ID_STEP = 4 };

static uint32_t next(uint64_t *x)
{
    *x = *x * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*x >> 33);
}

/* Each user rates one item of each of k ranges, which get longer, so that some
 * items are far more popular than others, and no user rates one twice. */
static int item_of(uint64_t *x, long j, long k)
{
    long lo = j * j * ITEMS / (k * k), hi = (j + 1) * (j + 1) * ITEMS / (k * k);
    return (int)(lo + next(x) % (hi - lo));
}

static void ratings(long n, const char *sep)
{
    uint64_t x = 42;
    long user = 0, j = 0, k = n / USERS + 1;

    printf("userId%smovieId%srating%stimestamp\n", sep, sep, sep);
    for (long i = 0; i < n; i++, j++) {
        if (user != 1 + i * USERS / n) {
            user = 1 + i * USERS / n;
            j = 0;
        }
        int r = 1 + next(&x) % 10;
        printf("%ld%s%d%s%d.%d%s%u\n", user, sep,
               1 + ID_STEP * item_of(&x, j, k), sep, r / 2, r % 2 * 5, sep,
               789652009 + next(&x) % 637825151);
    }
}

static void titles(void)
{
    puts("movieId,title,genres");
    for (int i = 0; i < ITEMS; i++) {
        const char *quote = i % 4 ? "" : "\"";
        printf("%d,%sThe Film%s of Number %d (%d)%s,Comedy|Drama\n",
               1 + ID_STEP * i, quote, i % 4 ? "" : ", That", i, 1930 + i % 85,
               quote);
    }
}

static void users(void)
{
    puts("userId,age,zip");
    for (int i = 1; i <= USERS; i++)
        printf("%d,%d,%05d\n", i, 18 + i % 60, i * 37 % 100000);
}

int main(int argc, char **argv)
{
    if (argc == 4 && !strcmp(argv[1], "ratings"))
        ratings(atol(argv[2]), argv[3]);
    else if (argc == 2 && !strcmp(argv[1], "titles"))
        titles();
    else if (argc == 2 && !strcmp(argv[1], "users"))
        users();
    else
        return 2;
    return fflush(stdout) != 0;
}
