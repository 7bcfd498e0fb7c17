/* Typed wants and changes over the catalogue, so that a verb reads as what it needs.
 * A want fills the struct it points to when the batch is loaded; a zeroed struct means "no such
 * row". put_ changes a row that was loaded, add_ makes a new one; both copy the struct. */
#ifndef RINGOFF_ROWS_H
#define RINGOFF_ROWS_H
#include "rules/document.h"
#include "store/verb.h"

/* Primary keys that are hashes of what they stand for (63 bits of keyed BLAKE2b, never 0). */
int64_t number_id(const struct secrets *secrets, const char *number);
int64_t sim_id(const struct secrets *secrets, const char *iccid);
/* scope such as "sign_in"; subject an id or a text (an address). */
int64_t budget_id(const struct secrets *secrets, int64_t operator, const char * scope,
                  const char *subject);
/* The operator's own name for a charge, and the payment provider's for a mandate. */
int64_t charge_id(const struct secrets *secrets, int64_t operator, const char * transaction);
int64_t mandate_id(const struct secrets *secrets, int64_t operator, const char * reference);
/* Of the operator's shared account of the kind, from LEDGER_TOP_UPS on: those were made with the
 * operator, under ids that follow its own. */
int64_t ledger_shared_id(int64_t operator, enum ledger_kind kind);
int64_t remembered_id(const struct secrets *secrets, const struct actor *actor, const char *verb,
                      const char *key);

/* By primary key, always of the actor's operator; the id 0 is not asked for, its row stays zeroed.
 * Those marked L are locked first, so that no other committer decides on them meanwhile, and so is
 * whatever is changed only by who holds them: what hangs on a line (its closure, suspension,
 * contacts, ledger accounts, work, number), on an account (its sessions), on a lookup (below). */
void want_line(struct load *load, int64_t id, struct line *to);             /* L */
void want_subscriber(struct load *load, int64_t id, struct subscriber *to); /* L */
void want_closure(struct load *load, int64_t id, struct closure *to);
void want_account(struct load *load, int64_t id, struct account *to); /* L */
void want_session(struct load *load, int64_t id, struct session *to);
void want_challenge(struct load *load, int64_t id, struct challenge *to); /* L */
void want_contact(struct load *load, int64_t id, struct contact *to);
void want_suspension(struct load *load, int64_t id, struct suspension *to);
void want_work(struct load *load, int64_t id, struct work *to);     /* L */
void want_effect(struct load *load, int64_t id, struct effect *to); /* L */
void want_staff(struct load *load, int64_t id, struct staff *to);
void want_staff_locked(struct load *load, int64_t id, struct staff *to); /* L */
void want_api_key(struct load *load, int64_t id, struct api_key *to);    /* L */
void want_number(struct load *load, int64_t id, struct number *to);      /* L */
void want_sim(struct load *load, int64_t id, struct sim *to);
void want_budget(struct load *load, int64_t id, struct budget *to);
/* By what hangs on a line (subselects on the line's id). */
void want_closure_of(struct load *load, int64_t line, struct closure *to);
/* The open one. */
void want_suspension_of(struct load *load, int64_t line, struct suspension *to);
void want_subscriber_of(struct load *load, int64_t line, struct subscriber *to);
void want_subscriber_locked(struct load *load, int64_t line, struct subscriber *to); /* L */
/* Both who the line is registered with: for rules/match.h. */
void want_registered_of(struct load *load, int64_t line, struct registered *to);
void want_second_person(struct load *load, int64_t line, struct second_person *to);
void want_account_line(struct load *load, int64_t account, int64_t line, struct account_line *to);
enum { CONTACTS_PRESENT = 8, CONTACTS_A_LINE = 2 * CONTACTS_PRESENT };
enum { REFUNDS_A_CLOSURE = 8, CHARGES_PAID_A_LINE = 16, MANDATES_A_LINE = 8 };
enum { LEDGERS_A_LINE = 8, LINES_A_SUBSCRIBER = 26, WORKS_A_CLOSURE = 8 };
/* Those there are, then from CONTACTS_PRESENT on those that were removed last: rules/contact.h says
 * whether one of them still hears of the line. */
void want_contacts(struct load *load, int64_t line, struct contact to[CONTACTS_A_LINE]);
void want_ledgers(struct load *load, int64_t line, struct ledger_account to[LEDGERS_A_LINE]);
/* The operator's first few: opening, expired promotion, fees of suspensions. All later ones are had
 * without loading (outcome_shared). */
void want_ledgers_shared(struct load *load, struct ledger_account to[LEDGERS_A_LINE]);
void want_works(struct load *load, int64_t closure, struct work to[WORKS_A_CLOSURE]);
/* Those of the line's open suspension. */
void want_suspension_works(struct load *load, int64_t line, struct work to[WORKS_A_CLOSURE]);
/* By what a closure is about: its line, and what hangs on that; the contact its messages go to. */
void want_closure_line(struct load *load, int64_t closure, struct line *to);
void want_closure_ledgers(struct load *load, int64_t closure,
                          struct ledger_account to[LEDGERS_A_LINE]);
void want_closure_contact(struct load *load, int64_t closure, struct contact *to);
/* The account that asked for it; read and not locked. */
void want_closure_account(struct load *load, int64_t closure, struct account *to);
void want_documents(struct load *load, int64_t closure,
                    struct document_row to[DOCUMENTS_A_CLOSURE]);
/* Money. A line's charges, mandates and settlement, its unclaimed account and its refunds are
 * changed only by who holds the line. */
void want_charge(struct load *load, int64_t id, struct charge *to); /* L */
/* The latest top-ups that can be paid back to where they came from. */
void want_charges_paid(struct load *load, int64_t line, struct charge to[CHARGES_PAID_A_LINE]);
/* The top-up to which the refund is paid back that was chosen for the closure. */
void want_charge_of_settlement(struct load *load, int64_t closure, struct charge *to);
void want_mandate(struct load *load, int64_t id, struct mandate *to);                    /* L */
void want_mandates(struct load *load, int64_t line, struct mandate to[MANDATES_A_LINE]); /* open */
void want_payee(struct load *load, int64_t id, struct payee *to);
void want_payee_of_settlement(struct load *load, int64_t closure, struct payee *to);
void want_payee_of_refund(struct load *load, int64_t refund, struct payee *to);
void want_settlement(struct load *load, int64_t closure, struct settlement *to);
/* The line to which the credit of a closure is to go; read and not locked. */
void want_line_of_settlement(struct load *load, int64_t closure, struct line *to);
void want_refund(struct load *load, int64_t id, struct refund *to); /* L */
/* The latest ones. */
void want_refunds(struct load *load, int64_t closure, struct refund to[REFUNDS_A_CLOSURE]);
void want_refund_works(struct load *load, int64_t refund, struct work to[WORKS_A_CLOSURE]);
void want_mandate_works(struct load *load, int64_t mandate, struct work to[WORKS_A_CLOSURE]);
/* By a secret lookup: the keyed hash of the text, which is locked whether or not it is there. */
void want_account_by_email(struct load *load, const char *email, struct account *to);
void want_subscriber_by_document(struct load *load, const char *document_key,
                                 struct subscriber *to);
void want_lines_of_document(struct load *load, const char *document_key,
                            struct line to[LINES_A_SUBSCRIBER]);

/* The version of the operators' rules, for who is to change them. L */
void want_rules(struct load *load, struct rules_version *to);

/* The account of the kind among those loaded, or NULL. */
struct ledger_account *ledger_find(struct ledger_account accounts[LEDGERS_A_LINE],
                                   enum ledger_kind kind);

/* Adds or changes one row of its table with a copy of the struct. A change writes what can change
 * of a row: which columns, its statement says. */
void add_line(struct outcome *out, const struct line *row);
void put_line(struct outcome *out, const struct line *row);     /* all but its SIM */
void put_line_sim(struct outcome *out, const struct line *row); /* with its SIM */
void add_closure(struct outcome *out, const struct closure *row);
void put_closure(struct outcome *out, const struct closure *row);
void add_suspension(struct outcome *out, const struct suspension *row);
void put_suspension(struct outcome *out, const struct suspension *row);
void add_account(struct outcome *out, const struct account *row);
void put_account(struct outcome *out, const struct account *row);
void add_account_line(struct outcome *out, const struct account_line *row);
void put_account_line(struct outcome *out, const struct account_line *row);
void add_session(struct outcome *out, const struct session *row);
void put_session(struct outcome *out, const struct session *row);
void add_challenge(struct outcome *out, const struct challenge *row);
void put_challenge(struct outcome *out, const struct challenge *row);
void add_contact(struct outcome *out, const struct contact *row);
void put_contact(struct outcome *out, const struct contact *row);
void add_subscriber(struct outcome *out, const struct subscriber *row);
void put_subscriber(struct outcome *out, const struct subscriber *row);
void add_second_person(struct outcome *out, const struct second_person *row);
void put_second_person(struct outcome *out, const struct second_person *row);
void add_number(struct outcome *out, const struct number *row);
void put_number(struct outcome *out, const struct number *row);
void add_sim(struct outcome *out, const struct sim *row);
void add_work(struct outcome *out, const struct work *row);
void put_work(struct outcome *out, const struct work *row);
/* The sealed bytes of a document; they stay where they are until the answer. No bytes: erased. */
void add_document_content(struct outcome *out, const struct document_content *row);
void put_document_content(struct outcome *out, const struct document_content *row);
void add_document_row(struct outcome *out, const struct document_row *row);
void put_document_row(struct outcome *out, const struct document_row *row); /* decided or erased */
void add_charge(struct outcome *out, const struct charge *row);
void put_charge(struct outcome *out, const struct charge *row); /* refunded_minor */
void add_mandate(struct outcome *out, const struct mandate *row);
void put_mandate(struct outcome *out, const struct mandate *row); /* ended, told */
void add_transfer(struct outcome *out, const struct transfer *row);
void add_payee(struct outcome *out, const struct payee *row);
void add_settlement(struct outcome *out, const struct settlement *row);
void put_settlement(struct outcome *out, const struct settlement *row);
void add_refund(struct outcome *out, const struct refund *row);
void put_refund(struct outcome *out, const struct refund *row); /* all but what it began as */
void put_effect(struct outcome *out, const struct effect *row);
void put_budget(struct outcome *out, const struct budget *row); /* made when it is new */
void put_rules(struct outcome *out); /* operators or policies are changed by this command */
#endif
