/* One history of money: the model beside what a machine did, act by act. Gives each act its key
 * and its transaction, draws acts by a seed, and says after each which rules were broken. */
#ifndef RINGOFF_MONEY_HISTORY_H
#define RINGOFF_MONEY_HISTORY_H
#include "money_model.h"

enum { MONEY_BURST = 3 };

struct money_history {
    struct money_model model;
    struct money_books before; /* as the machine was after the last act */
    uint64_t random;
    bool (*ready)(enum money_deed deed); /* which deeds are drawn; NULL: all */
    int keys, transactions;              /* given so far */
    struct money_act given[MONEY_KEYS];
    struct money_answer first[MONEY_KEYS];
    int64_t booked[MONEY_CHARGES]; /* results, by transaction */
    char wrong[700];               /* what the last act broke, for people */
};

void history_open(struct money_history *history, const struct money_limits *limits, int64_t paid,
                  int64_t promotional, uint64_t seed);
/* Is there room for another act? */
bool history_goes_on(const struct money_history *history);
/* Gives the act a key and, if it is a charge, a transaction, unless it has one. */
void history_name(struct money_history *history, struct money_act *act);
/* Draws a number below the bound. */
uint64_t history_draw(struct money_history *history, uint64_t bound);
/* Draws an act and names it: mostly one that the model would do, sometimes one given before, under
 * its key again or under another. */
struct money_act history_pick(struct money_history *history);
/* The same, but nothing that is several commands, so that it can be done beside another one. */
struct money_act history_pick_single(struct money_history *history);
/* An act that leaves no closure waiting, before time passes: the model's. */
struct money_act history_settle(struct money_history *history);
/* The machine did the act and is thus now: bits of the rules that are broken, and history->wrong.
 */
uint32_t history_judge(struct money_history *history, const struct money_act *act,
                       const struct money_answer *answer, const struct money_books *after,
                       int64_t now);
/* The same for acts that were done at the same time: in some order they must be as the model. */
uint32_t history_judge_burst(struct money_history *history, const struct money_act *acts,
                             const struct money_answer *answers, size_t count,
                             const struct money_books *after, int64_t now);
#endif
