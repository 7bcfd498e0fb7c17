/* The shape of a verb: prepare, load, decide. commands/ fills it, the committer runs it.
 * decide is pure: rows, input, policy, time and random bytes in; changes, a journal entry, effects
 * and an answer or a refusal out. A debugger shows typed structs all the way. */
#ifndef RINGOFF_VERB_H
#define RINGOFF_VERB_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/field.h"
#include "base/secret.h"
#include "rules/policy.h"
#include "rules/proof.h"
#include "rules/refusal.h"
#include "store/engine.h"

enum actor_kind {
    ACTOR_ANONYMOUS = 1 << 0,  /* anybody who can reach the portal */
    ACTOR_SUBSCRIBER = 1 << 1, /* an account with a session */
    ACTOR_API = 1 << 2,        /* an integrator's key */
    ACTOR_STAFF = 1 << 3,      /* a named staff member, at the terminal */
    ACTOR_SYSTEM = 1 << 4,     /* timers and the dispatcher */
};

struct actor {
    enum actor_kind kind;
    int64_t operator; /* the tenant; 0 only for the system and root staff across operators */
    int64_t id;       /* account, api_key or staff */
    int64_t session;
    char address[48]; /* the peer's address as text (IPv6: its /64), for the attempt budgets */
    char scopes[SCOPES_SIZE]; /* of an API key or a staff member's roles, space separated */
    int64_t at;               /* when it asked, for a verb's prepare; 0 = not told */
};

/* The operators and their policies as the committer sees them now; immutable, replaced as a whole.
 */
struct tenant {
    int64_t id;
    char code[CODE_SIZE];
    int64_t added_at;
    size_t policy_count;
    const struct policy *policies; /* by effective_from, ascending */
};

/* Rows whose ids are known only after something else was read, and that must not be changed beside
 * the decision: a decision that finds others than it holds asks for them (outcome_hold). 0: none.
 */
struct hold {
    int64_t line, subscriber;
};

struct load {
    struct arena *arena;
    const struct actor *actor;
    const struct secrets *secrets;
    struct hold holds; /* to be wanted and locked by id */
    struct want *wants;
    size_t count, room;
    bool failed;
};

/* The named row is loaded to `to` (zeroed when there is none). */
void want_one(struct load *load, enum statement_id statement, const struct key *key,
              int64_t primary, void *to);
/* Up to room rows; what is beyond the last one found stays zeroed. */
void want_many(struct load *load, enum statement_id statement, const struct key *key, void *rows,
               size_t room);
/* What was wanted last, by its id, is locked first: nobody else decides on it meanwhile. */
void want_lock(struct load *load);

enum { HANDED_SIZE = 160 }; /* an app's two tokens are the longest that is handed out */

struct outcome {
    int64_t now;
    const struct actor *actor;
    const struct tenant *tenant;  /* of actor->operator; NULL when unknown */
    const struct tenant *tenants; /* of the whole house: for what must hold across operators */
    size_t tenant_count;
    const struct policy *policy; /* effective now; NULL when the operator has none */
    int64_t policy_id;
    const struct secrets *secrets;
    const char *site; /* where the portal is, by the settings; NULL: each operator's own host */
    bool demo;
    struct arena *arena;
    uint8_t seed[32];
    uint64_t drawn;
    int64_t entry; /* the id of this command's journal entry */
    unsigned made; /* ids made so far */
    struct change *changes;
    size_t count, room;
    int64_t balance;          /* the sum of the postings; asserted to be zero */
    int64_t subject;          /* the line (or other row) the journal entry is about */
    int64_t result;           /* id from which the answer is built */
    char secret[HANDED_SIZE]; /* handed out once, never kept; verbs that use it keep no answer */
    bool effects;             /* there is something for the dispatcher */
    bool again;               /* to be decided again, with `holds` loaded and locked */
    struct hold holds;
    bool failed; /* the arena or the list of changes was too small: our fault, nothing is kept */
};

enum { OUTCOME_CHANGES = 96, IDS_A_COMMAND = 64 };

/* A new row's id: from the journal entry and a counter, so no database is asked. */
int64_t outcome_id(struct outcome *out);
/* Deterministic random bytes from the command's seed. */
void outcome_random(struct outcome *out, void *bytes, size_t length);
/* Records that the statement is to be run with a copy of the row. */
void outcome_put(struct outcome *out, enum statement_id statement, const void *row);
/* Moves an amount (minor units, signed) on an account: appended, and the account's stored balance
 * changes when it belongs to a line. False, with nothing recorded, on overflow, when a line's
 * account would fall below 0, or when it is shut. */
bool outcome_post(struct outcome *out, struct ledger_account *account, enum movement movement,
                  int64_t amount);
/* Moves a positive amount from one account to another, both or neither; false as outcome_post. */
bool outcome_move(struct outcome *out, struct ledger_account *from, struct ledger_account *to,
                  enum movement movement, int64_t amount);
/* The operator's own account of the kind (LEDGER_TOP_UPS or a later one), which many share: its
 * balance is the sum of its postings, so it need not be loaded. */
struct ledger_account outcome_shared(const struct outcome *out, enum ledger_kind kind);
/* Shuts a line's account, whose balance must be 0: nothing is posted on it any more. */
void outcome_shut(struct outcome *out, struct ledger_account *account);
/* Something that must happen outside, recorded in the same transaction. Due now when due is 0;
 * expires 0 = never. to: "sms", "mail" or "network". */
void outcome_effect(struct outcome *out, enum effect_kind kind, const char *to, int64_t target,
                    int64_t line, int64_t contact, int64_t due, int64_t expires);

/* The decision wants these rows locked: nothing of it is kept, and it is made again in the next
 * batch, whose load has them in load->holds. The answer is given only when it cannot be had. */
enum refusal outcome_hold(struct outcome *out, int64_t line, int64_t subscriber);

struct verb {
    const char *name;  /* "closure.submit" */
    const char *help;  /* one line */
    uint32_t who;      /* actor kinds that may give it */
    const char *scope; /* API scope or staff role needed, e.g. "closures:write" */
    const char *view;  /* the view that shows the result id, or NULL */
    /* What it asks rules/proof.h for, and of that the bits (enum proof_bit) that are given when it
     * goes on, by another verb: it begins without them and nothing comes of it. */
    enum proof_verb prove;
    uint32_t prove_later;
    const struct field *input;
    uint16_t input_size, rows_size;
    bool money;    /* the key is kept for ever */
    bool secret;   /* hands out a secret: keeps no answer */
    bool once;     /* its view shows what is shown in this answer only */
    bool upload;   /* takes a file: offered only where a door carries one (page, REST) */
    bool content;  /* answers, at the terminal, with the document that its result id names */
    bool internal; /* not offered at any door (timers, dispatcher, import) */
    bool app;      /* for the operator's app: over REST only */
    bool opens;    /* whoever gave it may see the row of the result, in this answer only */
    /* Slow or secret work outside the transaction; may fill input members that are not in `input`'s
     * field table; reads through reader. NULL for most. */
    enum refusal (*prepare)(void *input, const struct actor *actor, struct store *reader,
                            const struct engine *engine, const struct secrets *secrets);
    void (*load)(struct load *load, const void *input, void *rows);
    enum refusal (*decide)(struct outcome *out, const void *input, const void *rows);
    const enum refusal *refusals; /* besides the general ones; ends with ACCEPTED */
};
#endif
