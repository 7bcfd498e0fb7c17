/* The dispatcher: finds effects and closures that are due and does what they ask: messages by SMS
 * and mail, cutting the network, the timer's steps. At least once: what was delivered and not
 * reported when the process ends is delivered again, under the effect's id as its key; while it
 * runs, what the store does not take is kept, and nothing new is sent; what has expired is dropped,
 * not sent late. It writes nothing itself: every answer is a verb given to the committer.
 * Of several servers over one database the one that holds the engine's lease delivers. */
#ifndef RINGOFF_DISPATCHER_H
#define RINGOFF_DISPATCHER_H
#include "base/pages.h"
#include "effects/hlr.h"
#include "effects/mail.h"
#include "effects/payment.h"
#include "effects/sms.h"
#include "store/committer.h"

enum dispatcher_network { NETWORK_MANUAL, NETWORK_OSMO_HLR };

struct dispatcher_settings {
    const struct engine *engine;
    const char *where; /* it reads on connections of its own */
    const struct secrets *secrets;
    struct committer *committer;
    const struct pages *pages;
    const struct verb *(*verb_of)(const char *name); /* commands/verbs.h */
    int64_t (*now)(void);
    bool demo; /* of the database: store_is_demo() */
    /* Where the portal is. NULL: https:// and the operator's first host. Else this, such as
     * http://127.0.0.1:8080, a slash and the operator's code (the demo's path prefixes). */
    const char *site;
    enum dispatcher_network network;
    struct hlr_settings hlr;          /* with NETWORK_OSMO_HLR */
    const struct sms_settings *sms;   /* `from` is taken from the policy; NULL: there is none */
    const struct mail_settings *mail; /* `from_name` is the operator's; NULL: there is none */
    const struct payment_settings *payment; /* NULL: there is none, the staff do it */
    /* Told, on a thread of the dispatcher's, when it begins to be the one that delivers and when it
     * no longer is; NULL: nobody. */
    void (*leased)(void *owner, bool held);
    void *owner;
};

/* May it start so: on a demo installation every adapter must be on this machine; without a gateway
 * a demo's messages go to its inbox, and any other installation needs both. False, with a sentence
 * for the operator. */
bool dispatcher_settings_check(const struct dispatcher_settings *settings, char why[256]);

struct dispatcher;
/* Checks, copies the settings (not what they point to) and starts the threads. NULL and why. */
struct dispatcher *dispatcher_start(const struct dispatcher_settings *settings, char why[256]);
/* Something is due now. Any thread; fits committer_settings.effects (owner: a struct dispatcher *,
 * NULL is allowed). */
void dispatcher_wake(void *dispatcher);
/* Lets what is being delivered end, then ends the threads and frees. Before committer_stop. */
void dispatcher_stop(struct dispatcher *dispatcher);

/* Does once, on the calling thread, all that is due now: closures, then effects (at most 64 each);
 * how many of them changed something. For tests and for draining; no dispatcher need run, and no
 * lease is asked for. */
size_t dispatcher_round(const struct dispatcher_settings *settings);
#endif
