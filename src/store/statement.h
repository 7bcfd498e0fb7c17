/* The catalogue: every SQL statement there is, numbered, each with its parameters and columns
 * described as fields of plain structs. Both engines run the same text; `$n` is the n-th field of
 * `in`, wherever it is named.
 * A statement that reads ends in the row's columns in the order of `out`; one that writes has none.
 */
#ifndef RINGOFF_STATEMENT_H
#define RINGOFF_STATEMENT_H
#include "base/field.h"
#include "rules/row.h"

enum table {
    TABLE_NONE,
    TABLE_OPERATOR,
    TABLE_POLICY,
    TABLE_SUBSCRIBER,
    TABLE_LINE,
    TABLE_NUMBER,
    TABLE_SIM,
    TABLE_CONTACT,
    TABLE_ACCOUNT,
    TABLE_ACCOUNT_LINE,
    TABLE_SESSION,
    TABLE_CHALLENGE,
    TABLE_CLOSURE,
    TABLE_WORK,
    TABLE_LEDGER,
    TABLE_POSTING,
    TABLE_EFFECT,
    TABLE_BUDGET,
    TABLE_REMEMBERED,
    TABLE_API_KEY,
    TABLE_STAFF,
    TABLE_INBOX,
    TABLE_JOURNAL,
    TABLE_CHAIN,
    TABLE_INSTALLATION,
    TABLE_REFUSAL_COUNT,
    TABLE_CHECKPOINT,
    TABLE_RULES_VERSION,
    TABLE_DOCUMENT_CONTENT,
    TABLE_COUNT
};

enum statement_id {
    OPERATOR_LIST,
    OPERATOR_ADD,
    POLICY_LIST,
    POLICY_AT,
    POLICY_ADD,
    SUBSCRIBER_BY_ID,
    SUBSCRIBER_OF_LINE,
    SUBSCRIBER_BY_DOCUMENT,
    SUBSCRIBER_ADD,
    SUBSCRIBER_PUT,
    CONTACT_BY_ID,
    CONTACTS_OF_LINE,
    CONTACTS_OF_NUMBER,
    CONTACT_OF_CLOSURE,
    CONTACT_ADD,
    CONTACT_PUT,
    ACCOUNT_BY_ID,
    ACCOUNT_BY_EMAIL,
    ACCOUNT_ADD,
    ACCOUNT_PUT,
    ACCOUNT_LINE_OF,
    ACCOUNT_LINE_ADD,
    SESSION_BY_ID,
    SESSION_BY_TOKEN,
    SESSIONS_OF_ACCOUNT,
    SESSION_ADD,
    SESSION_PUT,
    CHALLENGE_BY_ID,
    CHALLENGE_ADD,
    CHALLENGE_PUT,
    API_KEY_BY_HASH,
    API_KEY_BY_ID,
    API_KEY_PAGE,
    API_KEY_ADD,
    API_KEY_PUT,
    STAFF_BY_USER,
    STAFF_BY_ID,
    STAFF_PAGE,
    STAFF_ADD,
    STAFF_PUT,
    BUDGET_BY_ID,
    BUDGET_ADD,
    REMEMBERED_BY_ID,
    REMEMBERED_ADD,
    INBOX_PAGE,
    INBOX_OF_EFFECT,
    INBOX_ADD,
    LINE_BY_ID,
    LINE_BY_NUMBER,
    LINE_BY_ICCID,
    LINE_OF_CLOSURE,
    LINES_OF_DOCUMENT,
    LINES_OF_ACCOUNT,
    LINE_BESIDE,
    LINE_PAGE,
    LINE_ADD,
    LINE_PUT,
    LINE_SIM_PUT,
    NUMBER_BY_ID,
    NUMBER_OF_LINE,
    NUMBER_ADD,
    NUMBER_PUT,
    NUMBER_TAKE,
    SIM_BY_ID,
    SIM_BY_IMSI,
    SIM_ADD,
    LEDGER_OF_LINE,
    LEDGER_OF_NUMBER,
    LEDGER_OF_CLOSURE,
    LEDGER_SHARED,
    LEDGER_SCAN,
    LEDGER_ADD,
    LEDGER_PUT,
    POSTINGS_OF_ACCOUNT,
    POSTING_ADD,
    JOURNAL_BY_ID,
    JOURNAL_SCAN,
    JOURNAL_ASTRAY,
    JOURNAL_OF,
    JOURNAL_ADD,
    CHAIN_LIST,
    CHAIN_BY_ID,
    CHAIN_ADD,
    CHECKPOINT_BY_ID,
    CHECKPOINT_SCAN,
    CHECKPOINT_ADD,
    RULES_VERSION_BY_ID,
    RULES_VERSION_PUT,
    INSTALLATION_BY_ID,
    INSTALLATION_ADD,
    REFUSAL_COUNT_ADD,
    CLOSURE_BY_ID,
    CLOSURE_OF_LINE,
    CLOSURE_OF_NUMBER,
    CLOSURE_BY_REFERENCE,
    CLOSURES_DUE,
    CLOSURE_PAGE,
    CLOSURE_ADD,
    CLOSURE_PUT,
    WORK_BY_ID,
    WORK_OF_CLOSURE,
    WORK_OPEN,
    WORK_ADD,
    WORK_PUT,
    EFFECT_BY_ID,
    EFFECTS_DUE,
    EFFECTS_DUE_NETWORK,
    EFFECTS_OF_TARGET,
    EFFECTS_OF_NETWORK,
    EFFECT_PAGE,
    EFFECT_ADD,
    EFFECT_PUT,
    DOCUMENT_PIECE,
    DOCUMENT_CONTENT_ADD,
    DOCUMENT_CONTENT_PUT,
    STATEMENT_COUNT
};

struct statement {
    const char *name, *sql;
    const struct field *in, *out; /* out NULL: it writes */
    uint16_t in_size, out_size;
    enum table table;
};

/* What most reads are asked with; each statement's `in` names the members it uses. */
struct key {
    int64_t id, operator, other, at, limit;
    char text[EMAIL_SIZE];
    uint8_t hash[32];
};

/* The row of the catalogue; never NULL for an id below STATEMENT_COUNT. */
const struct statement *statement_of(enum statement_id id);
#endif
