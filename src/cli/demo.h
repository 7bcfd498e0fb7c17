/* The demo: an installation whose people are invented, the same for the same seed and number of
 * lines. Check digits are valid, names and addresses are nobody's; what each of the first people
 * is there to show stands in their story. */
#ifndef RINGOFF_CLI_DEMO_H
#define RINGOFF_CLI_DEMO_H
#include "cli/installation.h"
#include "commands/line_import.h"

enum { DEMO_OPERATORS = 3, DEMO_LINES = 200, DEMO_LINES_MOST = 500000, DEMO_KEY = 64 };

struct demo {
    int64_t seed, lines;
    char api_key[DEMO_KEY]; /* of the first operator */
};

struct demo_person {
    int operator;            /* index below */
    const char *story;       /* English, or "" */
    bool registered;         /* has an account with the password */
    char email[EMAIL_SIZE];  /* of the account, or to register with */
    char password[64];       /* "" when not registered */
    struct line_import line; /* days are counted from now */
};

/* The operators' codes and the policies that are built in. */
extern const char *const demo_codes[DEMO_OPERATORS];
const char *demo_policy(int operator);
/* The i-th person of the demo; now only moves the days. */
void demo_person_make(const struct demo *demo, int64_t i, int64_t now, struct demo_person *person);
/* Derives 32 bytes from the demo's seed for a purpose and a number. */
void demo_random(const struct demo *demo, const char *purpose, int64_t number, uint8_t bytes[32]);

/* Fills a new installation through the verbs; sets demo->api_key. False with a sentence in why. */
bool demo_fill(const struct house *house, struct demo *demo, char why[INSTALLATION_WHY]);

struct demo_registering {
    const struct engine *engine;
    struct committer *committer;
    struct store *reader;
    const struct secrets *secrets;
    const struct demo *demo;
    const int64_t *operators; /* their ids */
};
/* Registers the person's account by the same four steps as at the portal, reading the codes where
 * a message would have brought them. False with a sentence in why. */
bool demo_register(const struct demo_registering *with, int64_t i, const struct demo_person *person,
                   char why[INSTALLATION_WHY]);
#endif
