#include "store/statement_lines.h"

static const struct field line_row[] = {
    FIELD(FIELD_INT, line, id),
    FIELD(FIELD_INT, line, operator),
    FIELD(FIELD_INT, line, subscriber),
    FIELD(FIELD_INT, line, state),
    FIELD(FIELD_INT, line, closure),
    FIELD(FIELD_INT, line, activated_at),
    FIELD(FIELD_INT, line, expires_at),
    FIELD(FIELD_INT, line, sim_since),
    FIELD(FIELD_INT, line, contact_changed_at),
    FIELD(FIELD_INT, line, closed_at),
    FIELD(FIELD_INT, line, imported_at),
    FIELD(FIELD_TEXT, line, number),
    FIELD(FIELD_TEXT, line, iccid),
    FIELD(FIELD_TEXT, line, imsi),
    FIELD(FIELD_TEXT, line, plan),
    FIELD(FIELD_INT, line, online_minor),
    FIELD(FIELD_INT, line, transferred_at),
    FIELD_END,
};

static const struct field line_sim_put[] = {
    FIELD(FIELD_INT, line, id),
    FIELD(FIELD_INT, line, operator),
    FIELD(FIELD_INT, line, state),
    FIELD(FIELD_INT, line, closure),
    FIELD(FIELD_INT, line, expires_at),
    FIELD(FIELD_INT, line, sim_since),
    FIELD(FIELD_INT, line, contact_changed_at),
    FIELD(FIELD_INT, line, closed_at),
    FIELD(FIELD_TEXT, line, iccid),
    FIELD(FIELD_TEXT, line, imsi),
    FIELD(FIELD_INT, line, online_minor),
    FIELD_END,
};

/* What never changes is not written: each index on it would be written anew. */
static const struct field line_put[] = {
    FIELD(FIELD_INT, line, id),
    FIELD(FIELD_INT, line, operator),
    FIELD(FIELD_INT, line, state),
    FIELD(FIELD_INT, line, closure),
    FIELD(FIELD_INT, line, expires_at),
    FIELD(FIELD_INT, line, sim_since),
    FIELD(FIELD_INT, line, contact_changed_at),
    FIELD(FIELD_INT, line, closed_at),
    FIELD(FIELD_INT, line, online_minor),
    FIELD(FIELD_INT, line, transferred_at),
    FIELD_END,
};

static const struct field number_row[] = {
    FIELD(FIELD_INT, number, id),      FIELD(FIELD_INT, number, operator),
    FIELD(FIELD_INT, number, state),   FIELD(FIELD_INT, number, line),
    FIELD(FIELD_INT, number, since),   FIELD(FIELD_INT, number, until),
    FIELD(FIELD_TEXT, number, number), FIELD_END,
};

static const struct field number_put[] = {
    FIELD(FIELD_INT, number, id),
    FIELD(FIELD_INT, number, operator),
    FIELD(FIELD_INT, number, state),
    FIELD(FIELD_INT, number, line),
    FIELD(FIELD_INT, number, since),
    FIELD(FIELD_INT, number, until),
    FIELD_END,
};

static const struct field sim_row[] = {
    FIELD(FIELD_INT, sim, id),
    FIELD(FIELD_INT, sim, operator),
    FIELD(FIELD_INT, sim, line),
    FIELD(FIELD_INT, sim, since),
    FIELD(FIELD_TEXT, sim, iccid),
    FIELD(FIELD_TEXT, sim, imsi),
    FIELD_END,
};

static const struct field ledger_row[] = {
    FIELD(FIELD_INT, ledger_account, id),        FIELD(FIELD_INT, ledger_account, operator),
    FIELD(FIELD_INT, ledger_account, line),      FIELD(FIELD_INT, ledger_account, kind),
    FIELD(FIELD_INT, ledger_account, balance),   FIELD(FIELD_INT, ledger_account, shut_at),
    FIELD(FIELD_TEXT, ledger_account, currency), FIELD_END,
};

static const struct field ledger_put[] = {
    FIELD(FIELD_INT, ledger_account, id),
    FIELD(FIELD_INT, ledger_account, operator),
    FIELD(FIELD_INT, ledger_account, balance),
    FIELD(FIELD_INT, ledger_account, shut_at),
    FIELD_END,
};

static const struct field posting_row[] = {
    FIELD(FIELD_INT, posting, id),       FIELD(FIELD_INT, posting, operator),
    FIELD(FIELD_INT, posting, account),  FIELD(FIELD_INT, posting, amount),
    FIELD(FIELD_INT, posting, at),       FIELD(FIELD_INT, posting, entry),
    FIELD(FIELD_INT, posting, movement), FIELD_END,
};

static const struct field journal_row[] = {
    FIELD(FIELD_INT, journal_entry, id),       FIELD(FIELD_INT, journal_entry, chain),
    FIELD(FIELD_INT, journal_entry, seq),      FIELD(FIELD_INT, journal_entry, at),
    FIELD(FIELD_INT, journal_entry, operator), FIELD(FIELD_INT, journal_entry, actor_kind),
    FIELD(FIELD_INT, journal_entry, actor),    FIELD(FIELD_INT, journal_entry, subject),
    FIELD(FIELD_INT, journal_entry, result),   FIELD(FIELD_TEXT, journal_entry, verb),
    FIELD(FIELD_TEXT, journal_entry, refusal), FIELD(FIELD_BLOB, journal_entry, previous),
    FIELD(FIELD_BLOB, journal_entry, hash),    FIELD_END,
};

static const struct field chain_row[] = {
    FIELD(FIELD_INT, chain_row, id),
    FIELD(FIELD_INT, chain_row, seq),
    FIELD(FIELD_BLOB, chain_row, hash),
    FIELD_END,
};

static const struct field installation_row[] = {
    FIELD(FIELD_INT, installation, id),
    FIELD(FIELD_INT, installation, demo),
    FIELD(FIELD_BLOB, installation, fingerprint),
    FIELD_END,
};

static const struct field refusal_count_row[] = {
    FIELD(FIELD_INT, refusal_count, operator),
    FIELD(FIELD_INT, refusal_count, minute),
    FIELD(FIELD_TEXT, refusal_count, verb),
    FIELD(FIELD_TEXT, refusal_count, refusal),
    FIELD(FIELD_INT, refusal_count, chain),
    FIELD(FIELD_INT, refusal_count, count),
    FIELD_END,
};

static const struct field checkpoint_row[] = {
    FIELD(FIELD_INT, checkpoint, id),
    FIELD(FIELD_INT, checkpoint, at),
    FIELD(FIELD_BLOB, checkpoint, heads),
    FIELD(FIELD_BLOB, checkpoint, hash),
    FIELD_END,
};

static const struct field rules_version_row[] = {
    FIELD(FIELD_INT, rules_version, id),
    FIELD(FIELD_INT, rules_version, entry),
    FIELD_END,
};

static const struct field key_id[] = {
    FIELD(FIELD_INT, key, id),
    FIELD_END,
};

static const struct field key_id_operator[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, operator),
    FIELD_END,
};

static const struct field key_id_other[] = {
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, other),
    FIELD_END,
};

static const struct field key_none[] = {
    FIELD_END,
};

static const struct field key_operator[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD_END,
};

static const struct field key_operator_id[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, id),
    FIELD_END,
};

static const struct field key_operator_id_limit[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, id),
    FIELD(FIELD_INT, key, limit),
    FIELD_END,
};

static const struct field key_operator_lookup_document_key[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD_NAMED("subscriber.document_key", FIELD_LOOKUP, key, text),
    FIELD_END,
};

static const struct field key_operator_id_at_other_limit[] = {
    FIELD(FIELD_INT, key, operator), FIELD(FIELD_INT, key, id),    FIELD(FIELD_INT, key, at),
    FIELD(FIELD_INT, key, other),    FIELD(FIELD_INT, key, limit), FIELD_END,
};

static const struct field key_operator_other_limit[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_INT, key, other),
    FIELD(FIELD_INT, key, limit),
    FIELD_END,
};

static const struct field key_text[] = {
    FIELD(FIELD_TEXT, key, text),
    FIELD_END,
};

static const struct field key_operator_text[] = {
    FIELD(FIELD_INT, key, operator),
    FIELD(FIELD_TEXT, key, text),
    FIELD_END,
};

const struct statement statements_lines[STATEMENT_COUNT] = {
    [LINE_BY_ID] =
        {"line_by_id",
         "SELECT id, operator, subscriber, state, closure, activated_at, expires_at, "
         "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan, "
         "online_minor, transferred_at "
         "FROM line WHERE id = $1 AND operator = $2",
         key_id_operator, line_row, sizeof(struct key), sizeof(struct line), TABLE_LINE},
    [LINE_BY_NUMBER] =
        {"line_by_number",
         "SELECT id, operator, subscriber, state, closure, activated_at, expires_at, "
         "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan, "
         "online_minor, transferred_at "
         "FROM line WHERE operator = $1 AND number = $2 AND state <> 4",
         key_operator_text, line_row, sizeof(struct key), sizeof(struct line), TABLE_LINE},
    [LINE_BY_ICCID] =
        {"line_by_iccid",
         "SELECT id, operator, subscriber, state, closure, activated_at, expires_at, "
         "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan, "
         "online_minor, transferred_at "
         "FROM line WHERE operator = $1 AND iccid = $2",
         key_operator_text, line_row, sizeof(struct key), sizeof(struct line), TABLE_LINE},
    [LINE_OF_CLOSURE] =
        {"line_of_closure",
         "SELECT id, operator, subscriber, state, closure, activated_at, expires_at, "
         "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan, "
         "online_minor, transferred_at "
         "FROM line WHERE id = (SELECT line FROM closure WHERE id = $1 AND operator = $2) AND "
         "operator = $2",
         key_id_operator, line_row, sizeof(struct key), sizeof(struct line), TABLE_LINE},
    /* To which the credit of a closure is to go. */
    [LINE_OF_SETTLEMENT] =
        {"line_of_settlement",
         "SELECT id, operator, subscriber, state, closure, activated_at, expires_at, "
         "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan, "
         "online_minor, transferred_at "
         "FROM line WHERE id = (SELECT target FROM settlement WHERE id = $1 AND operator = $2) AND "
         "operator = $2",
         key_id_operator, line_row, sizeof(struct key), sizeof(struct line), TABLE_LINE},
    [LINES_OF_DOCUMENT] =
        {"lines_of_document",
         "SELECT id, operator, subscriber, state, closure, activated_at, expires_at, "
         "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan, "
         "online_minor, transferred_at "
         "FROM line WHERE operator = $1 AND subscriber = (SELECT id FROM subscriber WHERE "
         "operator = $1 AND document_key = $2) AND state <> 4 ORDER BY id LIMIT 26",
         key_operator_lookup_document_key, line_row, sizeof(struct key), sizeof(struct line),
         TABLE_LINE},
    [LINES_OF_ACCOUNT] =
        {"lines_of_account",
         "SELECT id, operator, subscriber, state, closure, activated_at, expires_at, "
         "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan, "
         "online_minor, transferred_at "
         "FROM line WHERE operator = $1 AND id IN (SELECT line FROM account_line WHERE "
         "account = $2 AND operator = $1) ORDER BY id LIMIT 32",
         key_operator_id, line_row, sizeof(struct key), sizeof(struct line), TABLE_LINE},
    [LINE_BESIDE] =
        {"line_beside",
         "SELECT id, operator, subscriber, state, closure, activated_at, expires_at, "
         "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan, "
         "online_minor, transferred_at "
         "FROM line WHERE operator = $1 AND subscriber = (SELECT subscriber FROM line WHERE "
         "id = $2 AND operator = $1) AND state <> 4 AND id <> $2 ORDER BY id LIMIT 1",
         key_operator_id, line_row, sizeof(struct key), sizeof(struct line), TABLE_LINE},
    [LINE_PAGE] =
        {"line_page",
         "SELECT id, operator, subscriber, state, closure, activated_at, expires_at, "
         "sim_since, contact_changed_at, closed_at, imported_at, number, iccid, imsi, plan, "
         "online_minor, transferred_at "
         "FROM line WHERE operator = $1 AND id > $2 ORDER BY id LIMIT $3",
         key_operator_other_limit, line_row, sizeof(struct key), sizeof(struct line), TABLE_LINE},
    [LINE_ADD] =
        {"line_add",
         "INSERT INTO line (id, operator, subscriber, state, closure, activated_at, "
         "expires_at, sim_since, contact_changed_at, closed_at, imported_at, number, "
         "iccid, imsi, plan, online_minor, transferred_at) VALUES ($1, $2, $3, $4, $5, $6, $7, "
         "$8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
         line_row, NULL, sizeof(struct line), 0, TABLE_LINE},
    [LINE_PUT] = {"line_put",
                  "UPDATE line SET state = $3, closure = $4, expires_at = $5, sim_since = $6, "
                  "contact_changed_at = $7, closed_at = $8, online_minor = $9, transferred_at = "
                  "$10 WHERE id = $1 AND operator = $2",
                  line_put, NULL, sizeof(struct line), 0, TABLE_LINE},
    [LINE_SIM_PUT] = {"line_sim_put",
                      "UPDATE line SET state = $3, closure = $4, expires_at = $5, sim_since = $6, "
                      "contact_changed_at = $7, closed_at = $8, iccid = $9, imsi = $10, "
                      "online_minor = $11 WHERE id = $1 AND operator = $2",
                      line_sim_put, NULL, sizeof(struct line), 0, TABLE_LINE},
    [NUMBER_BY_ID] =
        {"number_by_id",
         "SELECT id, operator, state, line, since, until, number FROM number WHERE id = $1", key_id,
         number_row, sizeof(struct key), sizeof(struct number), TABLE_NUMBER},
    [NUMBER_OF_LINE] =
        {"number_of_line",
         "SELECT id, operator, state, line, since, until, number FROM number WHERE number = "
         "(SELECT number FROM line WHERE id = $1 AND operator = $2) AND operator = $2",
         key_id_operator, number_row, sizeof(struct key), sizeof(struct number), TABLE_NUMBER},
    [NUMBER_ADD] =
        {"number_add",
         "INSERT INTO number (id, operator, state, line, since, until, number) VALUES ($1, "
         "$2, $3, $4, $5, $6, $7)",
         number_row, NULL, sizeof(struct number), 0, TABLE_NUMBER},
    [NUMBER_PUT] = {"number_put",
                    "UPDATE number SET state = $3, line = $4, since = $5, until = $6 WHERE id = $1 "
                    "AND operator = $2",
                    number_put, NULL, sizeof(struct number), 0, TABLE_NUMBER},
    /* To a line of any operator: one that another had and that rests no more. */
    [NUMBER_TAKE] = {"number_take",
                     "UPDATE number SET operator = $2, state = $3, line = $4, since = $5, "
                     "until = $6, number = $7 WHERE id = $1 AND state <> 1",
                     number_row, NULL, sizeof(struct number), 0, TABLE_NUMBER},
    [SIM_BY_ID] = {"sim_by_id",
                   "SELECT id, operator, line, since, iccid, imsi FROM sim WHERE id = $1", key_id,
                   sim_row, sizeof(struct key), sizeof(struct sim), TABLE_SIM},
    [SIM_BY_IMSI] = {"sim_by_imsi",
                     "SELECT id, operator, line, since, iccid, imsi FROM sim WHERE imsi = $1",
                     key_text, sim_row, sizeof(struct key), sizeof(struct sim), TABLE_SIM},
    [SIM_ADD] = {"sim_add",
                 "INSERT INTO sim (id, operator, line, since, iccid, imsi) VALUES ($1, $2, $3, $4, "
                 "$5, $6)",
                 sim_row, NULL, sizeof(struct sim), 0, TABLE_SIM},
    [LEDGER_OF_LINE] =
        {"ledger_of_line",
         "SELECT id, operator, line, kind, balance, shut_at, currency FROM ledger_account WHERE "
         "line = $1 AND operator = $2 ORDER BY kind LIMIT 8",
         key_id_operator, ledger_row, sizeof(struct key), sizeof(struct ledger_account),
         TABLE_LEDGER},
    [LEDGER_OF_CLOSURE] =
        {"ledger_of_closure",
         "SELECT id, operator, line, kind, balance, shut_at, currency FROM ledger_account WHERE "
         "line = (SELECT line FROM closure WHERE id = $1 AND operator = $2) AND operator = $2 "
         "ORDER BY kind LIMIT 8",
         key_id_operator, ledger_row, sizeof(struct key), sizeof(struct ledger_account),
         TABLE_LEDGER},
    [LEDGER_OF_NUMBER] =
        {"ledger_of_number",
         "SELECT id, operator, line, kind, balance, shut_at, currency FROM ledger_account WHERE "
         "operator = $1 AND line = (SELECT id FROM line WHERE operator = $1 AND number = $2 "
         "AND state <> 4) ORDER BY kind LIMIT 8",
         key_operator_text, ledger_row, sizeof(struct key), sizeof(struct ledger_account),
         TABLE_LEDGER},
    [LEDGER_SHARED] =
        {"ledger_shared",
         "SELECT id, operator, line, kind, balance, shut_at, currency FROM ledger_account WHERE "
         "operator = $1 AND line = 0 ORDER BY kind LIMIT 8",
         key_operator, ledger_row, sizeof(struct key), sizeof(struct ledger_account), TABLE_LEDGER},
    [LEDGER_SCAN] =
        {"ledger_scan",
         "SELECT id, operator, line, kind, balance, shut_at, currency FROM ledger_account WHERE id "
         "> $1 ORDER BY id",
         key_id, ledger_row, sizeof(struct key), sizeof(struct ledger_account), TABLE_LEDGER},
    [LEDGER_ADD] =
        {"ledger_add",
         "INSERT INTO ledger_account (id, operator, line, kind, balance, shut_at, currency) VALUES "
         "($1, $2, $3, $4, $5, $6, $7)",
         ledger_row, NULL, sizeof(struct ledger_account), 0, TABLE_LEDGER},
    [LEDGER_PUT] =
        {"ledger_put",
         "UPDATE ledger_account SET balance = $3, shut_at = $4 WHERE id = $1 AND operator = $2",
         ledger_put, NULL, sizeof(struct ledger_account), 0, TABLE_LEDGER},
    [POSTING_BY_ID] = {"posting_by_id",
                       "SELECT id, operator, account, amount, at, entry, movement FROM posting "
                       "WHERE id = $1 AND operator = $2",
                       key_id_operator, posting_row, sizeof(struct key), sizeof(struct posting),
                       TABLE_POSTING},
    /* In the order of time: that of the ids is each committer's own. */
    [POSTINGS_OF_ACCOUNT] = {"postings_of_account",
                             "SELECT id, operator, account, amount, at, entry, movement FROM "
                             "posting WHERE account = $1 "
                             "AND operator = $2 ORDER BY at, id",
                             key_id_operator, posting_row, sizeof(struct key),
                             sizeof(struct posting), TABLE_POSTING},
    /* An account's latest postings, before the one with the id `other` of the time `at`: by time,
     * since ids of several committers are not in its order. */
    [POSTING_PAGE] =
        {"posting_page",
         "SELECT id, operator, account, amount, at, entry, movement FROM posting WHERE operator = "
         "$1 AND account = $2 AND (at, id) < ($3, $4) ORDER BY at DESC, id DESC LIMIT $5",
         key_operator_id_at_other_limit, posting_row, sizeof(struct key), sizeof(struct posting),
         TABLE_POSTING},
    [POSTING_ADD] =
        {"posting_add",
         "INSERT INTO posting (id, operator, account, amount, at, entry, movement) VALUES ($1, $2, "
         "$3, $4, $5, $6, $7)",
         posting_row, NULL, sizeof(struct posting), 0, TABLE_POSTING},
    [JOURNAL_BY_ID] =
        {"journal_by_id",
         "SELECT id, chain, seq, at, operator, actor_kind, actor, subject, result, verb, "
         "refusal, previous, hash FROM journal WHERE id = $1",
         key_id, journal_row, sizeof(struct key), sizeof(struct journal_entry), TABLE_JOURNAL},
    [JOURNAL_SCAN] =
        {"journal_scan",
         "SELECT id, chain, seq, at, operator, actor_kind, actor, subject, result, verb, "
         "refusal, previous, hash FROM journal WHERE chain = $1 AND seq > $2 ORDER BY seq",
         key_id_other, journal_row, sizeof(struct key), sizeof(struct journal_entry),
         TABLE_JOURNAL},
    [JOURNAL_ASTRAY] =
        {"journal_astray",
         "SELECT id, chain, seq, at, operator, actor_kind, actor, subject, result, verb, "
         "refusal, previous, hash FROM journal WHERE chain < $1 OR chain > $2 ORDER BY id LIMIT 1",
         key_id_other, journal_row, sizeof(struct key), sizeof(struct journal_entry),
         TABLE_JOURNAL},
    [JOURNAL_OF] =
        {"journal_of",
         "SELECT id, chain, seq, at, operator, actor_kind, actor, subject, result, verb, "
         "refusal, previous, hash FROM journal WHERE operator = $1 AND subject = $2 ORDER "
         "BY id LIMIT $3",
         key_operator_id_limit, journal_row, sizeof(struct key), sizeof(struct journal_entry),
         TABLE_JOURNAL},
    [JOURNAL_ADD] =
        {"journal_add",
         "INSERT INTO journal (id, chain, seq, at, operator, actor_kind, actor, subject, "
         "result, verb, refusal, previous, hash) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
         "$9, $10, $11, $12, $13)",
         journal_row, NULL, sizeof(struct journal_entry), 0, TABLE_JOURNAL},
    [CHAIN_LIST] = {"chain_list", "SELECT id, seq, hash FROM chain ORDER BY id", key_none,
                    chain_row, sizeof(struct key), sizeof(struct chain_row), TABLE_CHAIN},
    [CHAIN_BY_ID] = {"chain_by_id", "SELECT id, seq, hash FROM chain WHERE id = $1", key_id,
                     chain_row, sizeof(struct key), sizeof(struct chain_row), TABLE_CHAIN},
    [CHAIN_ADD] =
        {"chain_add",
         "INSERT INTO chain (id, seq, hash) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE "
         "SET seq = excluded.seq, hash = excluded.hash WHERE chain.seq < excluded.seq",
         chain_row, NULL, sizeof(struct chain_row), 0, TABLE_CHAIN},
    [CHECKPOINT_BY_ID] = {"checkpoint_by_id",
                          "SELECT id, at, heads, hash FROM checkpoint WHERE id = $1", key_id,
                          checkpoint_row, sizeof(struct key), sizeof(struct checkpoint),
                          TABLE_CHECKPOINT},
    [CHECKPOINT_SCAN] = {"checkpoint_scan",
                         "SELECT id, at, heads, hash FROM checkpoint WHERE id > $1 ORDER BY id",
                         key_id, checkpoint_row, sizeof(struct key), sizeof(struct checkpoint),
                         TABLE_CHECKPOINT},
    [CHECKPOINT_ADD] = {"checkpoint_add",
                        "INSERT INTO checkpoint (id, at, heads, hash) VALUES ($1, $2, $3, $4)",
                        checkpoint_row, NULL, sizeof(struct checkpoint), 0, TABLE_CHECKPOINT},
    [RULES_VERSION_BY_ID] = {"rules_version_by_id",
                             "SELECT id, entry FROM rules_version WHERE id = $1", key_id,
                             rules_version_row, sizeof(struct key), sizeof(struct rules_version),
                             TABLE_RULES_VERSION},
    [RULES_VERSION_PUT] = {"rules_version_put",
                           "UPDATE rules_version SET id = $1, entry = $2 WHERE id = $1",
                           rules_version_row, NULL, sizeof(struct rules_version), 0,
                           TABLE_RULES_VERSION},
    [INSTALLATION_BY_ID] = {"installation_by_id",
                            "SELECT id, demo, fingerprint FROM installation WHERE id = $1", key_id,
                            installation_row, sizeof(struct key), sizeof(struct installation),
                            TABLE_INSTALLATION},
    [INSTALLATION_ADD] = {"installation_add",
                          "INSERT INTO installation (id, demo, fingerprint) VALUES ($1, $2, $3)",
                          installation_row, NULL, sizeof(struct installation), 0,
                          TABLE_INSTALLATION},
    [REFUSAL_COUNT_ADD] =
        {"refusal_count_add",
         "INSERT INTO refusal_count (operator, minute, verb, refusal, chain, count) VALUES ($1, "
         "$2, $3, $4, $5, $6) ON CONFLICT (operator, minute, verb, refusal, chain) DO UPDATE SET "
         "count = refusal_count.count + excluded.count",
         refusal_count_row, NULL, sizeof(struct refusal_count), 0, TABLE_REFUSAL_COUNT},
};
