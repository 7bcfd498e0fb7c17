#include "cli/import_charge.h"

#include <stdio.h>
#include <string.h>

#include "base/amount.h"
#include "base/civil.h"
#include "base/text.h"
#include "cli/command.h"
#include "rules/credit_codes.h"
#include "store/rows.h"

const struct csv_column charge_columns[CHARGE_COLUMN_COUNT] = {
    [CHARGE_OPERATOR] = {"operator", true},  [CHARGE_TRANSACTION] = {"transaction", false},
    [CHARGE_KIND] = {"kind", false},         [CHARGE_NUMBER] = {"number", true},
    [CHARGE_LINE] = {"line", true},          [CHARGE_AMOUNT] = {"amount", false},
    [CHARGE_CURRENCY] = {"currency", false}, [CHARGE_AT] = {"at", false},
    [CHARGE_CREDIT] = {"credit", true},      [CHARGE_CHANNEL] = {"channel", true},
    [CHARGE_PAYMENT] = {"payment", true},
};

/* What the steps below share. */
struct reading {
    const struct csv *csv;
    const struct charge_house *house;
    const struct policy *policy;
    struct charge_row *row;
    struct import_fault *fault;
    struct arena arena;
    bool down;
};

static bool bad(struct reading *r, enum charge_column column, const char *why) {
    r->fault->column = charge_columns[column].name;
    snprintf(r->fault->why, sizeof r->fault->why, "%s", why);
    return false;
}

/* The column's text trimmed, full-width forms as ASCII; NULL (said) when it cannot be kept. */
static char *text_of(struct reading *r, enum charge_column column, size_t least, size_t size) {
    const char *given = csv_value(r->csv, column);
    char *clean = NULL;
    enum text_fault fault =
        text_clean(&r->arena, given, strlen(given), TEXT_ONE_LINE, least, size - 1, &clean);
    if (fault == TEXT_OK && strlen(clean) < size)
        return clean;
    bad(r, column, fault == TEXT_EMPTY ? "is missing" : "is not well-formed, or too long");
    return NULL;
}

static bool text_take(struct reading *r, enum charge_column column, size_t least, char *to,
                      size_t size) {
    const char *text = text_of(r, column, least, size);
    if (text)
        memcpy(to, text, strlen(text) + 1);
    return text != NULL;
}

/* A file of an installation with one operator need not name it. */
static const struct tenant *tenant_take(struct reading *r) {
    const struct tenants *tenants = r->house->tenants;
    const char *code = text_of(r, CHARGE_OPERATOR, 0, CODE_SIZE);
    if (!code)
        return NULL;
    for (size_t i = 0; i < tenants->count; i++)
        if (strcmp(tenants->tenants[i].code, code) == 0 || (!*code && tenants->count == 1))
            return &tenants->tenants[i];
    bad(r, CHARGE_OPERATOR,
        *code ? "is no operator of this installation: load its policy first" : "is missing");
    return NULL;
}

static bool amount_take(struct reading *r, struct charge_told *told) {
    const char *text = text_of(r, CHARGE_AMOUNT, 1, 64);
    if (!text || !text_take(r, CHARGE_CURRENCY, 1, told->currency, sizeof told->currency))
        return false;
    if (strcmp(told->currency, r->policy->currency) != 0)
        return bad(r, CHARGE_CURRENCY, "is not the operator's currency");
    switch (amount_exact(text, (int)r->policy->currency_exponent, &told->amount_minor)) {
    case AMOUNT_OK:
        return true;
    case AMOUNT_ZERO:
        return bad(r, CHARGE_AMOUNT, "is nothing: leave the row out");
    case AMOUNT_NEGATIVE:
        return bad(r, CHARGE_AMOUNT, "is negative: the kind says in which direction it goes");
    case AMOUNT_DECIMALS:
        return bad(r, CHARGE_AMOUNT, "has more decimals than the currency");
    case AMOUNT_LARGE:
        return bad(r, CHARGE_AMOUNT, "is too large");
    default:
        return bad(r, CHARGE_AMOUNT, "is no amount: write 12.50, without sign, blanks or commas");
    }
}

static bool time_take(struct reading *r, struct charge_told *told) {
    const char *text = text_of(r, CHARGE_AT, 1, 40);
    if (!text)
        return false;
    if (!civil_parse_time(text, &told->at) || told->at <= 0)
        return bad(r, CHARGE_AT, "is no time: write 2026-11-22T14:03:00+08:00");
    return told->at <= r->house->now || bad(r, CHARGE_AT, "lies in the future");
}

static bool empty(struct reading *r, enum charge_column column, const char *why) {
    return !*csv_value(r->csv, column) || bad(r, column, why);
}

/* What only one of the kinds has. */
static bool kind_take(struct reading *r) {
    struct charge_row *row = r->row;
    char *kind = text_of(r, CHARGE_KIND, 1, CODE_SIZE);
    char *credit = kind ? text_of(r, CHARGE_CREDIT, 0, CODE_SIZE) : NULL;
    if (!credit)
        return false;
    switch (charge_kind_of_code(kind)) {
    case CHARGE_TOP_UP:
        row->verb = &credit_top_up_verb;
        if (*credit && strcmp(credit, "paid") != 0)
            return bad(r, CHARGE_CREDIT, "of a top-up is paid");
        if (!text_take(r, CHARGE_CHANNEL, 1, row->input.top_up.channel, CODE_SIZE) ||
            !text_take(r, CHARGE_PAYMENT, 0, row->input.top_up.payment, TRANSACTION_SIZE))
            return false;
        return channel_of_code(row->input.top_up.channel) ||
               bad(r, CHARGE_CHANNEL, "must be voucher, counter, online or auto");
    case CHARGE_SPENT:
        row->verb = &credit_spend_verb;
        if (strcmp(credit, "paid") != 0 && strcmp(credit, "promotional") != 0)
            return bad(r, CHARGE_CREDIT, "must be paid or promotional");
        memcpy(row->input.spend.credit, credit, strlen(credit) + 1);
        break;
    case CHARGE_GRANT:
        row->verb = &credit_grant_verb;
        if (*credit && strcmp(credit, "promotional") != 0)
            return bad(r, CHARGE_CREDIT, "of a grant is promotional");
        break;
    default:
        return bad(r, CHARGE_KIND, "must be top_up, spent or grant");
    }
    return empty(r, CHARGE_CHANNEL, "is of a top-up only") &&
           empty(r, CHARGE_PAYMENT, "is of a top-up only");
}

static bool read_one(struct reading *r, enum statement_id statement, int64_t id, void *to) {
    struct key key = {.id = id, .operator= r->row->operator};
    struct want want = {.statement = statement, .in = &key, .rows = to, .room = 1};
    memset(to, 0, statement_of(statement)->out_size);
    r->down |= r->house->engine->read(r->house->reader, &want, 1) != STORE_OK;
    return !r->down && want.count == 1;
}

/* A transaction that is in already is compared with the line it was booked to: a file can be given
 * again when the number is somebody else's by then. */
static bool known_take(struct reading *r, const char *number, struct charge_told *told) {
    struct charge charge;
    struct line line;
    int64_t id = charge_id(r->house->secrets, r->row->operator, told->transaction);
    if (!read_one(r, CHARGE_BY_ID, id, &charge) || !read_one(r, LINE_BY_ID, charge.line, &line) ||
        strcmp(line.number, number) != 0)
        return false;
    told->line = line.id;
    return true;
}

static bool number_take(struct reading *r, struct charge_told *told) {
    char digits[NUMBER_SIZE];
    struct number number;
    struct line line;
    if (msisdn_normalise(csv_value(r->csv, CHARGE_NUMBER), r->policy->country_code,
                         r->policy->national_digits, digits) != IDENTIFIER_OK)
        return bad(r, CHARGE_NUMBER, "is no number");
    if (known_take(r, digits, told))
        return true;
    if (!read_one(r, NUMBER_BY_ID, number_id(r->house->secrets, digits), &number) ||
        number.operator!= r->row->operator|| !read_one(r, LINE_BY_ID, number.line, &line))
        return bad(r, CHARGE_NUMBER, "belongs to no line of the operator");
    if (told->at < line.activated_at)
        return bad(r, CHARGE_AT,
                   "lies before the line that has the number now: it is a former line's, whose id "
                   "must stand in the column line");
    told->line = line.id;
    return true;
}

/* The line by its id, which is never given to another one, or by its number. */
static bool line_take(struct reading *r, struct charge_told *told) {
    struct line line;
    const char *text = text_of(r, CHARGE_LINE, 0, 24);
    if (!text)
        return false;
    if (!*text)
        return number_take(r, told);
    if (*csv_value(r->csv, CHARGE_NUMBER))
        return bad(r, CHARGE_LINE, "stands beside a number: give one of the two");
    if (!number_read(text, 1, INT64_MAX, &told->line) ||
        !read_one(r, LINE_BY_ID, told->line, &line))
        return bad(r, CHARGE_LINE, "is the id of no line of the operator");
    return true;
}

bool charge_row_read(const struct csv *csv, const struct charge_house *house,
                     struct charge_row *row, struct import_fault *fault, bool *down) {
    struct reading r = {.csv = csv, .house = house, .row = row, .fault = fault};
    struct charge_told *told = &row->input.told;
    bool good = false;
    arena_open(&r.arena, 64 * 1024);
    memset(row, 0, sizeof *row);
    const struct tenant *tenant = tenant_take(&r);
    row->operator= tenant ? tenant->id : 0;
    r.policy = tenant ? policy_effective(tenant->policies, tenant->policy_count, house->now) : NULL;
    if (tenant && !r.policy)
        bad(&r, CHARGE_OPERATOR, "has no policy in force yet");
    else if (tenant)
        good = text_take(&r, CHARGE_TRANSACTION, 1, told->transaction, sizeof told->transaction) &&
               kind_take(&r) && amount_take(&r, told) && time_take(&r, told) && line_take(&r, told);
    arena_close(&r.arena);
    *down = r.down;
    return good && !r.down;
}

const char *charge_refusal_column(enum refusal refusal) {
    switch (refusal) {
    case REFUSED_INPUT:
    case REFUSED_CHARGE_DIFFERS:
        return charge_columns[CHARGE_TRANSACTION].name;
    case REFUSED_AMOUNT:
    case REFUSED_CREDIT_SHORT:
        return charge_columns[CHARGE_AMOUNT].name;
    case REFUSED_CURRENCY:
        return charge_columns[CHARGE_CURRENCY].name;
    case REFUSED_LINE_CLOSED:
    case REFUSED_NOT_FOUND:
        return charge_columns[CHARGE_NUMBER].name;
    default:
        return "";
    }
}
