#include "money_history.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void history_open(struct money_history *history, const struct money_limits *limits, int64_t paid,
                  int64_t promotional, uint64_t seed) {
    *history = (struct money_history){.random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1};
    model_open(&history->model, limits, paid, promotional);
    model_books(&history->model, &history->before);
}

bool history_goes_on(const struct money_history *history) {
    return history->keys + MONEY_BURST < MONEY_KEYS &&
           history->transactions + MONEY_BURST < MONEY_CHARGES;
}

uint64_t history_draw(struct money_history *history, uint64_t bound) {
    history->random ^= history->random << 13;
    history->random ^= history->random >> 7;
    history->random ^= history->random << 17;
    return (history->random >> 11) % bound;
}

void history_name(struct money_history *history, struct money_act *act) {
    assert(history->keys + 1 < MONEY_KEYS && history->transactions + 1 < MONEY_CHARGES);
    if (!act->key) {
        act->key = ++history->keys;
        act->named = act->deed == DO_APPROVE && act->refund < MONEY_REFUNDS
                         ? history->model.approval[act->refund].named
                         : 0;
    }
    if (!act->transaction && act->deed <= DO_GRANT)
        act->transaction = ++history->transactions;
    history->given[act->key] = *act;
}

/* --- drawing --- */

static int64_t draw_amount(struct money_history *h, const struct money_act *act) {
    const struct money_limits *limits = h->model.limits;
    const struct money_line *line = &h->model.line[act->line % MONEY_LINES];
    int64_t there = act->deed == DO_SPEND_PROMOTIONAL ? line->promotional
                    : line->stage == STAGE_CLOSED     ? line->unclaimed
                                                      : line->paid;
    const int64_t amounts[] = {1,
                               there,
                               there + 1,
                               there - limits->transfer_fee,
                               limits->transfer_minimum,
                               limits->transfer_maximum,
                               limits->transfer_maximum + 1,
                               limits->second + limits->refund_fee,
                               there / 2,
                               (int64_t)history_draw(h, 700),
                               (int64_t)history_draw(h, 700),
                               INT64_MAX,
                               0};
    return amounts[history_draw(h, sizeof amounts / sizeof *amounts)];
}

/* What comes late in a line's life is drawn more often, since it is seldom possible. */
static enum money_deed draw_deed(struct money_history *h) {
    static const uint8_t weights[DEED_COUNT] = {
        [DO_TOP_UP] = 3,  [DO_SPEND] = 3,    [DO_SPEND_PROMOTIONAL] = 1,
        [DO_GRANT] = 1,   [DO_TRANSFER] = 3, [DO_FEE] = 1,
        [DO_SUBMIT] = 3,  [DO_CHOOSE] = 4,   [DO_WITHDRAW] = 1,
        [DO_CUT] = 5,     [DO_CLAIM] = 3,    [DO_TIMER] = 4,
        [DO_APPROVE] = 6, [DO_REJECT] = 2,   [DO_PAY] = 6,
        [DO_RETURN] = 3,  [DO_CORRECT] = 3,
    };
    uint64_t all = 0, at = 0;
    for (int i = 0; i < DEED_COUNT; i++)
        all += weights[i];
    uint64_t drawn = history_draw(h, all);
    int deed = 0;
    for (at = weights[0]; at <= drawn; at += weights[deed])
        deed++;
    return (enum money_deed)deed;
}

static struct money_act draw_act(struct money_history *h) {
    struct money_act act = {.deed = draw_deed(h),
                            .line = (int)history_draw(h, MONEY_LINES),
                            .target = (int)history_draw(h, MONEY_LINES),
                            .who = (int)history_draw(h, 2),
                            .online = history_draw(h, 2),
                            .choice = (enum credit_choice)history_draw(h, CHOICE_COUNT)};
    if (h->model.refunds)
        act.refund = (int)history_draw(h, h->model.refunds);
    if (act.deed == DO_TRANSFER || act.choice == CHOICE_TRANSFER)
        act.target = history_draw(h, 6) ? 1 - act.line : act.target;
    act.amount = draw_amount(h, &act);
    if (history_draw(h, 30) == 0) {
        bool refunds = act.deed >= DO_APPROVE;
        act.line = refunds ? act.line : MONEY_FOREIGN;
        act.refund = refunds ? MONEY_FOREIGN : act.refund;
    } else if (act.deed == DO_TRANSFER && history_draw(h, 12) == 0) {
        act.target = MONEY_FOREIGN;
    }
    return act;
}

/* Given before: under its key again, or its transaction under another. */
static struct money_act draw_again(struct money_history *h) {
    struct money_act act = h->given[1 + history_draw(h, (uint64_t)h->keys)];
    if (history_draw(h, 2)) {
        act.key = 0;
        if (history_draw(h, 4) == 0)
            act.amount ^= 1;
    }
    return act;
}

static bool fits(const struct money_history *h, enum money_deed deed, bool single) {
    return (!h->ready || h->ready(deed)) && !(single && (deed == DO_SUBMIT || deed == DO_FEE));
}

static struct money_act pick(struct money_history *h, bool single) {
    static struct money_model probe;
    struct money_act act;
    if (h->keys && history_draw(h, 8) == 0) {
        act = draw_again(h);
        if (fits(h, act.deed, single)) {
            history_name(h, &act);
            return act;
        }
    }
    for (int tries = 0; tries < 12;) {
        act = draw_act(h);
        if (!fits(h, act.deed, single))
            continue;
        struct money_act named = act;
        named.transaction = MONEY_CHARGES - 1;
        named.named = act.refund < MONEY_REFUNDS ? h->model.approval[act.refund].named : 0;
        probe = h->model;
        if (model_do(&probe, &named) == ACCEPTED || history_draw(h, 9) == 0)
            break;
        tries++;
    }
    history_name(h, &act);
    return act;
}

struct money_act history_pick(struct money_history *history) {
    return pick(history, false);
}

struct money_act history_pick_single(struct money_history *history) {
    return pick(history, true);
}

struct money_act history_settle(struct money_history *history) {
    struct money_act act = {.deed = DO_TIMER};
    for (int i = 0; i < MONEY_LINES; i++)
        if (history->model.line[i].stage == STAGE_SUBMITTED)
            act = (struct money_act){.deed = DO_WITHDRAW, .line = i};
    history_name(history, &act);
    return act;
}

/* --- judging --- */

static void tell(struct money_history *h, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void tell(struct money_history *h, const char *format, ...) {
    size_t length = strlen(h->wrong);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(h->wrong + length, sizeof h->wrong - length, format, arguments);
    va_end(arguments);
}

static void tell_books(struct money_history *h, const struct money_books *is,
                       const struct money_books *should) {
    for (int i = 0; i < MONEY_LINES; i++)
        if (memcmp(&is->line[i], &should->line[i], sizeof is->line[i]) != 0)
            tell(h, " line %d: %lld/%lld/%lld/%lld (%d), not %lld/%lld/%lld/%lld (%d);", i,
                 (long long)is->line[i].paid, (long long)is->line[i].promotional,
                 (long long)is->line[i].unclaimed, (long long)is->line[i].online,
                 (int)is->line[i].stage, (long long)should->line[i].paid,
                 (long long)should->line[i].promotional, (long long)should->line[i].unclaimed,
                 (long long)should->line[i].online, (int)should->line[i].stage);
    if (is->refunds != should->refunds)
        tell(h, " %zu refunds, not %zu;", is->refunds, should->refunds);
    for (size_t i = 0; i < is->refunds && i < should->refunds; i++)
        if (memcmp(&is->refund[i], &should->refund[i], sizeof is->refund[i]) != 0)
            tell(h,
                 " refund %zu: state %lld, %lld + %lld, online %lld, not %lld, %lld + %lld, %lld;",
                 i, (long long)is->refund[i].state, (long long)is->refund[i].amount,
                 (long long)is->refund[i].fee, (long long)is->refund[i].online,
                 (long long)should->refund[i].state, (long long)should->refund[i].amount,
                 (long long)should->refund[i].fee, (long long)should->refund[i].online);
    for (int kind = 1; kind < LEDGER_KIND_COUNT; kind++)
        if (is->sum[kind] != should->sum[kind])
            tell(h, " sum %d: %lld, not %lld;", kind, (long long)is->sum[kind],
                 (long long)should->sum[kind]);
    if (is->shut)
        tell(h, " shut accounts hold %lld;", (long long)is->shut);
}

static void tell_act(struct money_history *h, const struct money_act *act,
                     const struct money_answer *answer, enum refusal should) {
    tell(h, "%s line %d target %d refund %d amount %lld choice %d key %d transaction %d: %s",
         money_deed_name(act->deed), act->line, act->target, act->refund, (long long)act->amount,
         (int)act->choice, act->key, act->transaction,
         answer->refusal ? refusal_about(answer->refusal)->code : "accepted");
    if (answer->refusal != should)
        tell(h, ", not %s", should ? refusal_about(should)->code : "accepted");
    tell(h, ";");
}

static void tell_rules(struct money_history *h, uint32_t broken) {
    for (int rule = 0; rule < MONEY_RULE_COUNT; rule++)
        if (broken & 1u << rule)
            tell(h, " [%s]", money_rule_name((enum money_rule)rule));
}

/* What was answered first counts for the key, and what was booked for the transaction. */
static void remember(struct money_history *h, const struct money_act *act,
                     const struct money_answer *answer, bool retried) {
    if (!retried)
        h->first[act->key] = *answer;
    if (act->deed <= DO_GRANT && !answer->refusal)
        h->booked[act->transaction] = answer->result;
}

uint32_t history_judge(struct money_history *history, const struct money_act *act,
                       const struct money_answer *answer, const struct money_books *after,
                       int64_t now) {
    struct money_model *model = &history->model;
    struct money_books should;
    bool own = act->line < MONEY_LINES, charge = act->deed <= DO_GRANT;
    struct money_step step = {.limits = model->limits,
                              .act = act,
                              .answer = *answer,
                              .first = history->first[act->key],
                              .retried = model->key[act->key].given,
                              .booked_before = charge && history->booked[act->transaction],
                              .booked = history->booked[act->transaction],
                              .before = &history->before,
                              .after = after,
                              .now = now};
    if (own) {
        step.claim_until = model->closing[act->line].claim_until;
        step.consent =
            model->closing[act->line].choice == CHOICE_LEAVE ? model->closing[act->line].leave : 0;
    }
    model->now = now;
    enum refusal expected = model_do(model, act);
    model_books(model, &should);
    uint32_t broken = money_judge(&step);
    if (expected != answer->refusal || !money_same(&should, after))
        broken |= 1u << MONEY_MODEL;
    history->wrong[0] = '\0';
    if (broken) {
        tell_act(history, act, answer, expected);
        tell_books(history, after, &should);
        tell_rules(history, broken);
    }
    remember(history, act, answer, step.retried);
    history->before = *after;
    return broken;
}

/* Does the model answer and become so, in this order? It is changed only if it does. */
static bool in_order(struct money_history *h, const struct money_act *acts,
                     const struct money_answer *answers, const size_t *order, size_t count,
                     const struct money_books *after) {
    static struct money_model tried;
    struct money_books books;
    tried = h->model;
    for (size_t i = 0; i < count; i++)
        if (model_do(&tried, &acts[order[i]]) != answers[order[i]].refusal)
            return false;
    model_books(&tried, &books);
    if (!money_same(&books, after))
        return false;
    h->model = tried;
    return true;
}

uint32_t history_judge_burst(struct money_history *history, const struct money_act *acts,
                             const struct money_answer *answers, size_t count,
                             const struct money_books *after, int64_t now) {
    static const size_t orders[6][MONEY_BURST] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
                                                  {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    uint32_t broken = 0;
    bool found = false;
    assert(count > 0 && count <= MONEY_BURST);
    history->model.now = now;
    for (size_t i = 0; i < count; i++) {
        const struct money_answer *first = &history->first[acts[i].key];
        if (history->model.key[acts[i].key].given &&
            (first->refusal != answers[i].refusal || first->result != answers[i].result))
            broken |= 1u << MONEY_ANSWER;
    }
    for (size_t i = 0; i < 6 && !found; i++) {
        bool fits = true;
        for (size_t k = count; k < MONEY_BURST; k++)
            fits &= orders[i][k] == k;
        found = fits && in_order(history, acts, answers, orders[i], count, after);
    }
    broken |= found ? 0 : 1u << MONEY_MODEL;
    history->wrong[0] = '\0';
    if (broken) {
        struct money_books was;
        for (size_t i = 0; i < count; i++)
            tell_act(history, &acts[i], &answers[i], answers[i].refusal);
        model_books(&history->model, &was);
        tell(history, " before:");
        tell_books(history, after, &was);
        tell_rules(history, broken);
    }
    for (size_t i = 0; i < count; i++)
        remember(history, &acts[i], &answers[i], !found);
    history->before = *after;
    return broken;
}
