/* For tests of people's verbs and views: a kit with the operator harbour (4096) and the lines 5001
 * and 5002, verbs run through the real committer, and a record of which verb was refused how.
 * Password hashes are counted: libsodium's functions are called through counting ones. */
#ifndef RINGOFF_PEOPLE_KIT_H
#define RINGOFF_PEOPLE_KIT_H
#include "commands/registration.h"
#include "commands/session.h"
#include "store_kit.h"

#define LINE_ONE "+85261230001"
#define TAIL_ONE "0015"
#define PASSWORD "a quiet harbour 7"

extern int hashes_made, hashes_checked;
extern char hash_checked[PASSWORD_TEXT]; /* the last one a password was checked against */
extern const struct actor nobody;

int people_open(void **state); /* *state is the struct kit */
int people_close(void **state);
/* kit_run without a key, remembered for people_provoked. */
enum refusal run(struct kit *kit, const struct verb *verb, const struct actor *actor, void *input,
                 struct job *job);
/* The verb's prepare with a store that cannot be read: must be REFUSED_BUSY. */
void provoke_busy(struct kit *kit, const struct verb *verb, const struct actor *actor, void *input);
void provoked(const struct verb *verb, enum refusal refusal);
/* Fails the test unless every refusal in the verb's list was seen, and no other. */
void assert_all_provoked(const struct verb *verb);

struct challenge challenge_of(struct kit *kit, int64_t id);
void code_of(struct kit *kit, int64_t challenge, char code[CODE_TYPED]);
void wrong_code_of(struct kit *kit, int64_t challenge, char code[CODE_TYPED]);
/* The steps, each expected to be accepted unless `expect` says otherwise. */
struct job start(struct kit *kit, const char *number, const char *tail, enum refusal expect);
void prove(struct kit *kit, const struct job *begun, enum refusal expect);
void give_contact(struct kit *kit, const struct job *begun, const char *email, enum refusal expect);
int64_t verify(struct kit *kit, const struct job *begun, enum refusal expect);
/* All four: the account. */
int64_t registered(struct kit *kit, const char *number, const char *tail, const char *email);
struct job sign_in(struct kit *kit, const char *email, const char *password, enum refusal expect);
/* The actor of a session. */
struct actor signed_in(struct kit *kit, const char *email);
#endif
