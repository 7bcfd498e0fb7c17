#include "money_model.h"

#include <string.h>

#include "base/amount.h"
#include "base/civil.h"
#include "base/clock.h"

enum { TOLD_DAYS = 30, CHOICES_A_DAY = 10, CORRECTIONS_A_DAY = 5 };

static int64_t lesser(int64_t a, int64_t b) {
    return a < b ? a : b;
}

void model_open(struct money_model *model, const struct money_limits *limits, int64_t paid,
                int64_t promotional) {
    *model = (struct money_model){.limits = limits};
    for (int i = 0; i < MONEY_LINES; i++) {
        model->line[i].paid = paid;
        model->line[i].promotional = promotional;
        model->opened += paid + promotional;
    }
}

/* It can be claimed for a whole period from now on. */
static void claimable(struct money_model *m, int line) {
    m->closing[line].claim_until =
        civil_add_months(m->now, m->limits->claim_months, m->limits->utc_offset_minutes);
    m->closing[line].told_at = 0;
    m->closing[line].lapsed = false;
}

/* --- what the charging system tells --- */

static enum refusal top_up(struct money_model *m, struct money_line *line,
                           const struct money_act *act) {
    int64_t *to = line->stage == STAGE_CLOSED ? &line->unclaimed : &line->paid;
    *to += act->amount;
    line->online += act->online ? act->amount : 0;
    m->topped_up += act->amount;
    if (line->stage == STAGE_CLOSED)
        claimable(m, act->line);
    return ACCEPTED;
}

/* What was topped up online is spent first: the rest can be refunded. */
static enum refusal spend(struct money_model *m, struct money_line *line,
                          const struct money_act *act) {
    bool promotional = act->deed == DO_SPEND_PROMOTIONAL;
    if (line->stage == STAGE_CLOSED) {
        if (!m->limits->late_to_operator)
            return REFUSED_LINE_CLOSED;
        m->late += act->amount;
        m->spent += act->amount;
        return ACCEPTED;
    }
    int64_t *from = promotional ? &line->promotional : &line->paid;
    if (act->amount > *from)
        return REFUSED_CREDIT_SHORT;
    *from -= act->amount;
    m->spent += act->amount;
    if (!promotional)
        line->online -= lesser(line->online, act->amount);
    return ACCEPTED;
}

static enum refusal grant(struct money_model *m, struct money_line *line,
                          const struct money_act *act) {
    if (line->stage == STAGE_CLOSED)
        return REFUSED_LINE_CLOSED;
    line->promotional += act->amount;
    m->granted += act->amount;
    return ACCEPTED;
}

/* A transaction that came before is answered as then, and not booked again. */
static enum refusal charge(struct money_model *m, const struct money_act *act) {
    if (act->amount <= 0 || act->amount > AMOUNT_MOST)
        return REFUSED_INPUT;
    if (act->line == MONEY_FOREIGN)
        return REFUSED_NOT_FOUND;
    int at = act->transaction;
    if (m->charge[at].amount) {
        bool same = m->charge[at].line == act->line && m->charge[at].deed == act->deed &&
                    m->charge[at].amount == act->amount && m->charge[at].online == act->online;
        return same ? ACCEPTED : REFUSED_CHARGE_DIFFERS; /* told again, as the first time */
    }
    struct money_line *line = &m->line[act->line];
    enum refusal no = act->deed == DO_TOP_UP  ? top_up(m, line, act)
                      : act->deed == DO_GRANT ? grant(m, line, act)
                                              : spend(m, line, act);
    if (!no) {
        m->charge[at].line = act->line;
        m->charge[at].deed = act->deed;
        m->charge[at].amount = act->amount;
        m->charge[at].online = act->online;
    }
    return no;
}

/* --- from line to line --- */

static enum refusal transfer(struct money_model *m, const struct money_act *act) {
    if (act->line == MONEY_FOREIGN)
        return REFUSED_NOT_FOUND;
    struct money_line *line = &m->line[act->line];
    if (line->stage != STAGE_OPEN)
        return line->stage == STAGE_CLOSED ? REFUSED_LINE_CLOSED : REFUSED_LINE_CLOSING;
    if (act->target == act->line)
        return REFUSED_TRANSFER_SELF;
    if (act->amount <= 0 || act->amount > INT64_MAX - m->limits->transfer_fee)
        return REFUSED_AMOUNT;
    if (act->amount < m->limits->transfer_minimum || act->amount > m->limits->transfer_maximum)
        return REFUSED_TRANSFER_LIMIT;
    int64_t gross = act->amount + m->limits->transfer_fee;
    if (gross > line->paid)
        return REFUSED_CREDIT_SHORT;
    if (act->target == MONEY_FOREIGN || m->line[act->target].stage != STAGE_OPEN)
        return REFUSED_TRANSFER_TARGET;
    int64_t online = lesser(line->online, gross);
    line->paid -= gross;
    line->online -= online;
    m->line[act->target].paid += act->amount;
    m->line[act->target].online += lesser(online, act->amount);
    m->fees += m->limits->transfer_fee;
    return ACCEPTED;
}

/* --- what becomes of it when the line closes, and afterwards --- */

/* What a refund takes of it, fee included; 0: none is paid. */
static int64_t refundable(const struct money_model *m, int64_t credit, int64_t online) {
    int64_t gross = m->limits->refund_online ? credit : credit - online;
    return gross >= m->limits->refund_minimum && gross > m->limits->refund_fee ? gross : 0;
}

static int64_t transferable(const struct money_model *m, int64_t credit) {
    int64_t gross = lesser(credit, m->limits->transfer_maximum + m->limits->transfer_fee);
    return gross > m->limits->transfer_fee ? gross : 0;
}

static bool target_takes(const struct money_model *m, int line, int target) {
    return target != line && target != MONEY_FOREIGN && m->line[target].stage == STAGE_OPEN;
}

/* May it go that way? credit: paid, or unclaimed. */
static enum refusal may_go(const struct money_model *m, const struct money_act *act,
                           int64_t credit) {
    const struct money_line *line = &m->line[act->line];
    switch (act->choice) {
    case CHOICE_REFUND:
        if (!m->limits->refund_online && credit && credit == line->online)
            return REFUSED_REFUND_OFF;
        return refundable(m, credit, line->online) ? ACCEPTED : REFUSED_REFUND_MINIMUM;
    case CHOICE_TRANSFER:
        if (!transferable(m, credit))
            return REFUSED_CREDIT_SHORT;
        if (act->target == act->line)
            return REFUSED_TRANSFER_SELF;
        return target_takes(m, act->line, act->target) ? ACCEPTED : REFUSED_TRANSFER_TARGET;
    case CHOICE_LEAVE:
        return credit && act->amount == credit ? ACCEPTED : REFUSED_CONSENT;
    default:
        return ACCEPTED;
    }
}

static void refund_new(struct money_model *m, int line, int64_t gross, int64_t online) {
    m->refund[m->refunds] = (struct money_refund){.line = line,
                                                  .state = REFUND_REQUESTED,
                                                  .amount = gross - m->limits->refund_fee,
                                                  .fee = m->limits->refund_fee,
                                                  .online = online};
    m->approval[m->refunds].wait_until = 0;
    m->approval[m->refunds].checked_by = m->approval[m->refunds].named = 0;
    m->fees += m->limits->refund_fee;
    m->refunds++;
}

/* Takes what the choice can take of the credit; what is not taken stays there. */
static void take(struct money_model *m, const struct money_act *act, int64_t *credit) {
    struct money_line *line = &m->line[act->line];
    int64_t gross = 0, online = 0;
    if (act->choice == CHOICE_REFUND && m->refunds < MONEY_REFUNDS) {
        gross = refundable(m, *credit, line->online);
        online = gross - lesser(gross, *credit - line->online);
        if (gross)
            refund_new(m, act->line, gross, online);
    } else if (act->choice == CHOICE_TRANSFER && target_takes(m, act->line, act->target)) {
        gross = transferable(m, *credit);
        online = lesser(gross, line->online);
        int64_t arrives = gross ? gross - m->limits->transfer_fee : 0;
        m->line[act->target].paid += arrives;
        m->line[act->target].online += lesser(online, arrives);
        m->fees += gross - arrives;
    } else if (act->choice == CHOICE_LEAVE) {
        gross = lesser(*credit, act->amount);
        online = lesser(gross, line->online);
        m->kept += gross;
    }
    *credit -= gross;
    line->online -= online;
}

static bool is_left(struct money_count *count, int limit, int64_t now) {
    if (now >= count->since + DAY)
        *count = (struct money_count){.since = now};
    return count->count < limit;
}

static enum refusal choose(struct money_model *m, const struct money_act *act) {
    struct money_line *line = &m->line[act->line];
    if (line->stage != STAGE_SUBMITTED)
        return line->stage == STAGE_OPEN ? REFUSED_CLOSURE_STATE : REFUSED_TOO_LATE;
    enum refusal no = may_go(m, act, line->paid);
    if (no)
        return no;
    if (act->choice == m->closing[act->line].choice &&
        (act->choice != CHOICE_TRANSFER || act->target == m->closing[act->line].target) &&
        (act->choice != CHOICE_LEAVE || act->amount == m->closing[act->line].leave))
        return REFUSED_UNCHANGED;
    if (!is_left(&m->closing[act->line].choices, CHOICES_A_DAY, m->now))
        return REFUSED_TOO_MANY;
    m->closing[act->line].choices.count++;
    m->closing[act->line].choice = act->choice;
    m->closing[act->line].target = act->target;
    m->closing[act->line].leave = act->amount;
    return ACCEPTED;
}

static enum refusal cut(struct money_model *m, int at) {
    struct money_line *line = &m->line[at];
    if (line->stage != STAGE_EXECUTING)
        return line->stage == STAGE_CLOSED ? REFUSED_UNCHANGED : REFUSED_CLOSURE_STATE;
    struct money_act chosen = {.line = at,
                               .target = m->closing[at].target,
                               .choice = m->closing[at].choice,
                               .amount = m->closing[at].leave};
    take(m, &chosen, &line->paid);
    m->expired += line->promotional;
    line->promotional = 0;
    line->unclaimed = line->paid;
    line->paid = 0;
    line->stage = STAGE_CLOSED;
    m->closing[at].claim_until = 0;
    if (line->unclaimed)
        claimable(m, at);
    return ACCEPTED;
}

/* Is the time to claim over. */
static bool is_over(const struct money_model *m, int at) {
    int64_t until = m->closing[at].claim_until, told = m->closing[at].told_at;
    if (told && told + TOLD_DAYS * DAY > until)
        until = told + TOLD_DAYS * DAY;
    return m->limits->lapses && (m->closing[at].lapsed || (until && m->now >= until));
}

static enum refusal claim(struct money_model *m, const struct money_act *act) {
    struct money_line *line = &m->line[act->line];
    if (line->stage != STAGE_CLOSED)
        return REFUSED_CLOSURE_STATE;
    if (is_over(m, act->line))
        return REFUSED_CLAIM_OVER;
    if (act->choice != CHOICE_REFUND && act->choice != CHOICE_TRANSFER)
        return REFUSED_INPUT;
    if (!line->unclaimed)
        return REFUSED_CLAIM_OVER;
    enum refusal no = may_go(m, act, line->unclaimed);
    if (no)
        return no;
    take(m, act, &line->unclaimed);
    return ACCEPTED;
}

static enum refusal lapse(struct money_model *m, int at) {
    struct money_line *line = &m->line[at];
    int64_t until = m->closing[at].claim_until;
    if (!m->limits->lapses || !until || m->closing[at].lapsed)
        return REFUSED_UNCHANGED;
    if (!m->closing[at].told_at && m->now >= until - TOLD_DAYS * DAY) {
        m->closing[at].told_at = m->now;
        return ACCEPTED;
    }
    if (!m->closing[at].told_at || !is_over(m, at)) /* never before people were told */
        return REFUSED_UNCHANGED;
    m->kept += line->unclaimed;
    line->unclaimed = line->online = 0;
    m->closing[at].lapsed = true;
    return ACCEPTED;
}

static enum refusal timer(struct money_model *m, int at) {
    struct money_line *line = &m->line[at];
    if (line->stage == STAGE_CLOSED)
        return lapse(m, at);
    if (line->stage == STAGE_SUBMITTED) {
        line->stage = STAGE_EXECUTING;
        return ACCEPTED;
    }
    int64_t escalate_at = m->closing[at].escalate_at;
    if (line->stage != STAGE_EXECUTING || !escalate_at || m->now < escalate_at)
        return REFUSED_UNCHANGED;
    m->closing[at].escalate_at = 0;
    return ACCEPTED;
}

static enum refusal closing(struct money_model *m, const struct money_act *act) {
    if (act->line == MONEY_FOREIGN)
        return REFUSED_NOT_FOUND;
    struct money_line *line = &m->line[act->line];
    int64_t stage = line->stage;
    if (act->deed == DO_CHOOSE && act->choice == CHOICE_LEAVE && act->amount < 0)
        return REFUSED_INPUT;
    if (act->deed != DO_SUBMIT && !m->closing[act->line].asked)
        return REFUSED_NOT_FOUND;
    switch (act->deed) {
    case DO_SUBMIT:
        if (stage != STAGE_OPEN)
            return stage == STAGE_CLOSED ? REFUSED_LINE_CLOSED : REFUSED_LINE_CLOSING;
        line->stage = STAGE_SUBMITTED;
        m->closing[act->line].asked = true;
        m->closing[act->line].escalate_at = m->now + 20 * HOUR;
        m->closing[act->line].choice = CHOICE_NONE;
        return ACCEPTED;
    case DO_CHOOSE:
        return choose(m, act);
    case DO_WITHDRAW:
        if (stage != STAGE_SUBMITTED)
            return stage == STAGE_OPEN ? REFUSED_UNCHANGED : REFUSED_TOO_LATE;
        line->stage = STAGE_OPEN;
        return ACCEPTED;
    case DO_CUT:
        return cut(m, act->line);
    case DO_CLAIM:
        return claim(m, act);
    default:
        return timer(m, act->line);
    }
}

/* --- a refund's life --- */

static enum refusal approve(struct money_model *m, int at, const struct money_act *act) {
    struct money_refund *refund = &m->refund[at];
    int who = act->who;
    if (refund->state != REFUND_REQUESTED || act->named != m->approval[at].named)
        return REFUSED_REFUND_STATE;
    if (m->now < m->approval[at].wait_until)
        return REFUSED_REFUND_WAITING;
    if (refund->amount > m->limits->second && m->approval[at].checked_by == 0) {
        m->approval[at].checked_by = who + 1;
        return ACCEPTED;
    }
    if (refund->amount > m->limits->second && m->approval[at].checked_by == who + 1)
        return REFUSED_SECOND_ACTOR;
    refund->state = REFUND_APPROVED;
    return ACCEPTED;
}

/* It is the line's again, with its fee, and can be claimed. */
static enum refusal reject(struct money_model *m, int at) {
    struct money_refund *refund = &m->refund[at];
    struct money_line *line = &m->line[refund->line];
    if (refund->state != REFUND_REQUESTED && refund->state != REFUND_RETURNED)
        return REFUSED_REFUND_STATE;
    refund->state = REFUND_REJECTED;
    line->unclaimed += refund->amount + refund->fee;
    line->online += refund->online;
    m->fees -= refund->fee;
    claimable(m, (int)refund->line);
    return ACCEPTED;
}

static enum refusal refunding(struct money_model *m, const struct money_act *act) {
    if (act->refund == MONEY_FOREIGN || (size_t)act->refund >= m->refunds)
        return REFUSED_NOT_FOUND;
    struct money_refund *refund = &m->refund[act->refund];
    int64_t state = refund->state;
    switch (act->deed) {
    case DO_APPROVE:
        return approve(m, act->refund, act);
    case DO_REJECT:
        return reject(m, act->refund);
    case DO_PAY:
        if (state != REFUND_APPROVED)
            return REFUSED_REFUND_STATE;
        refund->state = REFUND_PAID;
        return ACCEPTED;
    case DO_RETURN:
        if (state != REFUND_APPROVED && state != REFUND_PAID)
            return REFUSED_REFUND_STATE;
        refund->state = REFUND_RETURNED;
        m->approval[act->refund].checked_by = 0;
        return ACCEPTED;
    default: /* DO_CORRECT */
        if (!is_left(&m->closing[refund->line].corrections, CORRECTIONS_A_DAY, m->now))
            return REFUSED_TOO_MANY;
        if (state != REFUND_REQUESTED && state != REFUND_RETURNED)
            return REFUSED_REFUND_STATE;
        refund->state = REFUND_REQUESTED;
        m->closing[refund->line].corrections.count++;
        m->approval[act->refund].named++;
        m->approval[act->refund].wait_until = m->now + m->limits->wait_ms;
        m->approval[act->refund].checked_by = 0;
        return ACCEPTED;
    }
}

/* --- all of it --- */

static enum refusal fee(struct money_model *m, const struct money_act *act) {
    if (act->line == MONEY_FOREIGN)
        return REFUSED_NOT_FOUND;
    struct money_line *line = &m->line[act->line];
    if (line->stage != STAGE_OPEN)
        return line->stage == STAGE_CLOSED ? REFUSED_LINE_CLOSED : REFUSED_LINE_CLOSING;
    int64_t taken = lesser(line->paid, m->limits->suspension_fee);
    line->paid -= taken;
    line->online -= lesser(line->online, taken);
    m->suspended += taken;
    return ACCEPTED;
}

static enum refusal done_once(struct money_model *m, const struct money_act *act) {
    switch (act->deed) {
    case DO_TOP_UP:
    case DO_SPEND:
    case DO_SPEND_PROMOTIONAL:
    case DO_GRANT:
        return charge(m, act);
    case DO_TRANSFER:
        return transfer(m, act);
    case DO_FEE:
        return fee(m, act);
    case DO_APPROVE:
    case DO_REJECT:
    case DO_PAY:
    case DO_RETURN:
    case DO_CORRECT:
        return refunding(m, act);
    default:
        return closing(m, act);
    }
}

enum refusal model_do(struct money_model *model, const struct money_act *act) {
    if (act->key && model->key[act->key].given)
        return model->key[act->key].answer;
    enum refusal answer = done_once(model, act);
    if (act->key && answer != REFUSED_INPUT &&
        !money_keyless(act->deed)) { /* which no door lets in */
        model->key[act->key].given = true;
        model->key[act->key].answer = answer;
    }
    return answer;
}

void model_books(const struct money_model *model, struct money_books *books) {
    *books = (struct money_books){.refunds = model->refunds};
    memcpy(books->line, model->line, sizeof books->line);
    memcpy(books->refund, model->refund, sizeof books->refund);
    for (int i = 0; i < MONEY_LINES; i++) {
        int64_t stage = model->line[i].stage;
        if (stage == STAGE_SUBMITTED || stage == STAGE_EXECUTING) {
            books->line[i].choice = model->closing[i].choice;
            books->line[i].leave =
                model->closing[i].choice == CHOICE_LEAVE ? model->closing[i].leave : 0;
        }
        books->sum[LEDGER_PAID] += model->line[i].paid;
        books->sum[LEDGER_PROMOTIONAL] += model->line[i].promotional;
        books->sum[LEDGER_UNCLAIMED] += model->line[i].unclaimed;
    }
    for (size_t i = 0; i < model->refunds; i++) {
        const struct money_refund *refund = &model->refund[i];
        bool owed = refund->state == REFUND_REQUESTED || refund->state == REFUND_RETURNED;
        books->sum[LEDGER_PAYABLE] += owed ? refund->amount : 0;
        books->sum[LEDGER_IN_FLIGHT] += refund->state == REFUND_APPROVED ? refund->amount : 0;
        books->sum[LEDGER_BANK] += refund->state == REFUND_PAID ? refund->amount : 0;
    }
    books->sum[LEDGER_OPENING] = -model->opened;
    books->sum[LEDGER_TOP_UPS] = -model->topped_up;
    books->sum[LEDGER_PROMOTIONS] = -model->granted;
    books->sum[LEDGER_LATE_DEBITS] = -model->late;
    books->sum[LEDGER_USAGE] = model->spent;
    books->sum[LEDGER_EXPIRED_PROMOTION] = model->expired;
    books->sum[LEDGER_SUSPENSION_FEE] = model->suspended;
    books->sum[LEDGER_BREAKAGE] = model->kept;
    books->sum[LEDGER_FEES] = model->fees;
}
