/* What the bench's programs share: their options, the installation they are pointed to, a committer
 * of its own. They are measuring tools, so they end with a sentence on stderr when anything fails;
 * a figure of half a run helps nobody. */
#ifndef RINGOFF_BENCH_H
#define RINGOFF_BENCH_H
#include "store/committer.h"

struct bench_house {
    const struct engine *engine;
    char where[2048]; /* what the engine opens */
    struct secrets secrets;
};

/* The word behind --name, or NULL. */
const char *bench_option(int argc, char **argv, const char *name);
/* The number behind --name, or what is usual; ends the program when it is none. */
int64_t bench_number(int argc, char **argv, const char *name, int64_t usual);
/* Reads key and settings of the installation in a folder; false after a sentence on stderr. */
bool bench_house_open(const char *folder, struct bench_house *house);
/* A committer on it with an engine that may be another one in front; NULL and why. */
struct committer *bench_committer(const struct bench_house *house, const struct engine *engine,
                                  size_t queue, int committers, char why[256]);
/* A connection that fills is given more memory than a server has: most of a filling would else be
 * reading pages back. Before it is opened, and after. */
void bench_wide(void);
void bench_widen(const struct engine *engine);
/* Monotonic seconds, and the CPU seconds of this process: finer than base/clock.h needs to be. */
double bench_seconds(void);
double bench_cpu(void);
#endif
