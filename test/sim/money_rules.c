#include <assert.h>
#include <string.h>

#include "money.h"

static const char *const rule_names[MONEY_RULE_COUNT] = {
    "balanced", "limit",  "passed_on", "owed",    "paid_once", "closed",
    "shut",     "online", "whole",     "kept",    "fee",       "late",
    "answer",   "twice",  "refused",   "foreign", "model",
};
static const char *const deed_names[DEED_COUNT] = {
    "top_up",  "spend",    "spend_promotional",
    "grant",   "transfer", "fee",
    "submit",  "choose",   "withdraw",
    "cut",     "claim",    "timer",
    "approve", "reject",   "pay",
    "return",  "correct",
};

const char *money_rule_name(enum money_rule rule) {
    return rule_names[rule];
}

const char *money_deed_name(enum money_deed deed) {
    return deed_names[deed];
}

bool money_keyless(enum money_deed deed) {
    return deed == DO_CUT || deed == DO_TIMER;
}

bool money_same(const struct money_books *one, const struct money_books *other) {
    return memcmp(one->line, other->line, sizeof one->line) == 0 &&
           memcmp(one->sum, other->sum, sizeof one->sum) == 0 && one->refunds == other->refunds &&
           one->shut == other->shut &&
           memcmp(one->refund, other->refund, one->refunds * sizeof *one->refund) == 0;
}

static int64_t grown(const struct money_step *step, enum ledger_kind kind) {
    return step->after->sum[kind] - step->before->sum[kind];
}

static bool is_charge(enum money_deed deed) {
    return deed <= DO_GRANT;
}

static bool was_closed(const struct money_step *step) {
    int line = step->act->line;
    return line < MONEY_LINES && step->before->line[line].stage == STAGE_CLOSED;
}

/* --- what must be true of the books at any time --- */

static uint32_t judge_lines(const struct money_books *books) {
    uint32_t broken = 0;
    for (int i = 0; i < MONEY_LINES; i++) {
        const struct money_line *line = &books->line[i];
        bool closed = line->stage == STAGE_CLOSED;
        if (line->paid < 0 || line->promotional < 0 || line->unclaimed < 0)
            broken |= 1u << MONEY_LIMIT;
        if (line->online < 0 || line->online > (closed ? line->unclaimed : line->paid))
            broken |= 1u << MONEY_ONLINE;
        if (closed && (line->paid || line->promotional))
            broken |= 1u << MONEY_SHUT;
    }
    return broken | (books->shut ? 1u << MONEY_SHUT : 0);
}

static uint32_t judge_refunds(const struct money_books *books) {
    int64_t owed = 0, in_flight = 0, paid = 0;
    uint32_t broken = 0;
    for (size_t i = 0; i < books->refunds; i++) {
        const struct money_refund *refund = &books->refund[i];
        if (refund->amount <= 0 || refund->fee < 0)
            broken |= 1u << MONEY_LIMIT;
        if (books->line[refund->line].stage != STAGE_CLOSED)
            broken |= 1u << MONEY_CLOSED;
        if (refund->state == REFUND_REQUESTED || refund->state == REFUND_RETURNED)
            owed += refund->amount;
        else if (refund->state < REFUND_RETURNED)
            in_flight += refund->amount;
        else if (refund->state == REFUND_PAID)
            paid += refund->amount;
    }
    if (books->sum[LEDGER_PAYABLE] != owed || books->sum[LEDGER_IN_FLIGHT] != in_flight)
        broken |= 1u << MONEY_OWED;
    if (books->sum[LEDGER_BANK] != paid)
        broken |= 1u << MONEY_PAID_ONCE;
    return broken;
}

static uint32_t judge_books(const struct money_books *books) {
    int64_t all = 0;
    uint32_t broken = judge_lines(books) | judge_refunds(books);
    int64_t lines[LEDGER_KIND_COUNT] = {0};
    for (int kind = 1; kind < LEDGER_KIND_COUNT; kind++)
        all += books->sum[kind];
    for (int i = 0; i < MONEY_LINES; i++) {
        lines[LEDGER_PAID] += books->line[i].paid;
        lines[LEDGER_PROMOTIONAL] += books->line[i].promotional;
        lines[LEDGER_UNCLAIMED] += books->line[i].unclaimed;
    }
    for (int kind = LEDGER_PAID; kind <= LEDGER_UNCLAIMED; kind++)
        all |= books->sum[kind] - lines[kind]; /* what is stored is what was posted */
    if (all)
        broken |= 1u << MONEY_BALANCED;
    if (books->sum[LEDGER_TRANSFERS])
        broken |= 1u << MONEY_PASSED_ON;
    return broken;
}

/* --- what a step may do --- */

/* What people have or had from here: paid credit, unclaimed, refunds. */
static int64_t persons(const struct money_books *books) {
    int64_t all = 0;
    for (int i = 0; i < MONEY_LINES; i++)
        all += books->line[i].paid + books->line[i].unclaimed;
    for (size_t i = 0; i < books->refunds; i++)
        all += books->refund[i].state == REFUND_REJECTED ? 0 : books->refund[i].amount;
    return all;
}

static int64_t promotional(const struct money_books *books) {
    int64_t all = 0;
    for (int i = 0; i < MONEY_LINES; i++)
        all += books->line[i].promotional;
    return all;
}

static uint32_t judge_whole(const struct money_step *step) {
    const struct money_act *act = step->act;
    bool done = !step->answer.refusal && !step->retried && !step->booked_before;
    bool late = was_closed(step);
    int64_t came = done && act->deed == DO_TOP_UP           ? act->amount
                   : done && act->deed == DO_SPEND && !late ? -act->amount
                                                            : 0;
    int64_t given = done && act->deed == DO_GRANT                        ? act->amount
                    : done && act->deed == DO_SPEND_PROMOTIONAL && !late ? -act->amount
                                                                         : 0;
    int64_t people = persons(step->after) - persons(step->before) + grown(step, LEDGER_FEES) +
                     grown(step, LEDGER_BREAKAGE) + grown(step, LEDGER_SUSPENSION_FEE);
    int64_t gifts = promotional(step->after) - promotional(step->before) +
                    grown(step, LEDGER_EXPIRED_PROMOTION);
    return people != came || gifts != given ? 1u << MONEY_WHOLE : 0;
}

static uint32_t judge_kept(const struct money_step *step) {
    const struct money_act *act = step->act;
    int64_t kept = grown(step, LEDGER_BREAKAGE), may = 0;
    if (act->deed == DO_CUT)
        may = step->consent;
    else if (act->deed == DO_CLAIM && act->choice == CHOICE_LEAVE)
        may = act->amount;
    else if (act->deed == DO_TIMER && step->claim_until && step->now >= step->claim_until)
        may = INT64_MAX;
    return kept < 0 || (kept && kept > may) ? 1u << MONEY_KEPT : 0;
}

static uint32_t judge_fee(const struct money_step *step) {
    const struct money_limits *limits = step->limits;
    enum money_deed deed = step->act->deed;
    bool done = !step->answer.refusal && !step->retried;
    int64_t fees = grown(step, LEDGER_FEES), suspended = grown(step, LEDGER_SUSPENSION_FEE);
    int64_t shown = 0;
    if (done && deed == DO_TRANSFER)
        shown = limits->transfer_fee;
    else if (done && (deed == DO_CUT || deed == DO_CLAIM))
        shown = step->after->refunds > step->before->refunds ? limits->refund_fee
                : fees == limits->transfer_fee               ? fees
                                                             : 0;
    else if (done && deed == DO_REJECT)
        shown = -step->before->refund[step->act->refund].fee;
    bool right = fees == shown && suspended >= 0 &&
                 suspended <= (done && deed == DO_FEE ? limits->suspension_fee : 0);
    return right ? 0 : 1u << MONEY_FEE;
}

static uint32_t judge_late(const struct money_step *step) {
    const struct money_act *act = step->act;
    bool late = was_closed(step) && (act->deed == DO_SPEND || act->deed == DO_SPEND_PROMOTIONAL);
    if (!late)
        return grown(step, LEDGER_LATE_DEBITS) ? 1u << MONEY_LATE : 0;
    bool same = memcmp(step->before->line, step->after->line, sizeof step->before->line) == 0 &&
                persons(step->before) == persons(step->after);
    return same ? 0 : 1u << MONEY_LATE;
}

/* A refund is what it began as, and is paid only after it was approved. */
static uint32_t judge_course(const struct money_step *step) {
    uint32_t broken = 0;
    for (size_t i = 0; i < step->before->refunds; i++) {
        const struct money_refund *was = &step->before->refund[i], *is = &step->after->refund[i];
        bool paid = is->state == REFUND_PAID && was->state != REFUND_PAID;
        if (paid && (was->state != REFUND_APPROVED || step->act->deed != DO_PAY))
            broken |= 1u << MONEY_PAID_ONCE;
        if (is->amount != was->amount || is->fee != was->fee || is->line != was->line)
            broken |= 1u << MONEY_OWED;
    }
    return step->after->refunds < step->before->refunds ? broken | 1u << MONEY_OWED : broken;
}

uint32_t money_judge(const struct money_step *step) {
    const struct money_act *act = step->act;
    const struct money_answer *first = &step->first, *answer = &step->answer;
    assert(step->limits && act && step->before && step->after);
    uint32_t broken = judge_books(step->after) | judge_whole(step) | judge_kept(step) |
                      judge_fee(step) | judge_late(step) | judge_course(step);
    bool moved = !money_same(step->before, step->after);
    bool foreign =
        act->line == MONEY_FOREIGN || act->refund == MONEY_FOREIGN || act->target == MONEY_FOREIGN;
    bool other = first->refusal != answer->refusal || first->result != answer->result;
    if (step->retried && (moved || other))
        broken |= 1u << MONEY_ANSWER;
    bool again = step->booked_before && is_charge(act->deed);
    if (again && (moved || (!answer->refusal && answer->result != step->booked)))
        broken |= 1u << MONEY_TWICE;
    if (answer->refusal && moved)
        broken |= 1u << MONEY_REFUSED;
    if (foreign && (!answer->refusal || moved))
        broken |= 1u << MONEY_FOREIGN_IDS;
    return broken;
}
