/* The rows: what is kept, as plain values. Every struct begins with its id; 0 is none.
 * `operator` is the tenant and stands in every statement on the row (design, rule 11).
 * Times are milliseconds UTC, 0 = has not happened; money is int64_t minor units. */
#ifndef RINGOFF_ROW_H
#define RINGOFF_ROW_H
#include <stdint.h>

#include "base/content.h"
#include "base/field.h"
#include "rules/row_money.h"

enum line_state { LINE_ACTIVE = 1, LINE_SUSPENDED = 2, LINE_EXPIRED = 3, LINE_CLOSED = 4 };
enum number_state { NUMBER_ASSIGNED = 1, NUMBER_QUARANTINED = 2, NUMBER_RELEASED = 3 };
enum subscriber_kind { SUBSCRIBER_PERSON = 1, SUBSCRIBER_COMPANY = 2 };
/* The adult who endorsed the registration of somebody under 16; a body's responsible person. */
enum second_role { SECOND_NONE, SECOND_ENDORSING_ADULT, SECOND_RESPONSIBLE_PERSON };
/* Whose document proved the identity: the registered person's own, or the second person's. */
enum matched_role { MATCHED_NOBODY, MATCHED_OWN, MATCHED_ENDORSING_ADULT, MATCHED_RESPONSIBLE };
enum contact_kind { CONTACT_EMAIL = 1 };
enum session_kind { SESSION_BROWSER = 1, SESSION_APP = 2 };
enum account_state { ACCOUNT_PENDING = 1, ACCOUNT_ACTIVE = 2, ACCOUNT_CLOSED = 3 };
enum closure_basis {
    BASIS_PERSON = 1,
    BASIS_EXPIRY,
    BASIS_COMPANY,
    BASIS_REGULATOR,
    BASIS_PORT_OUT,
    BASIS_TRANSFER
};
/* Cut by hand; see to a message that did not arrive; look at an identity; bar or unbar by hand; a
 * refund that is overdue, or is paid by hand abroad; a mandate that could not be ended. */
enum work_kind {
    WORK_NETWORK_CUT = 1,
    WORK_MESSAGE,
    WORK_IDENTITY,
    WORK_NETWORK_BAR,
    WORK_NETWORK_UNBAR,
    WORK_REFUND,
    WORK_MANDATE,
    WORK_KIND_COUNT
};
/* How it is known that the network did it: cut, barred, unbarred. */
enum cut_how { CUT_READ_BACK = 1, CUT_ATTESTED = 2 };
/* Why a suspension is to end: the person asked, the last day came. */
enum back_why { BACK_ASKED = 1, BACK_LAST_DAY = 2 };
/* How it ended: the line works again, or it was closed. */
enum suspension_end { END_REACTIVATED = 1, END_CLOSED = 2 };
enum effect_state { EFFECT_WAITING = 1, EFFECT_DONE = 2, EFFECT_FAILED = 3, EFFECT_DROPPED = 4 };

/* What leaves the house. The target is an id of the kind that the comment names. */
enum effect_kind {
    EFFECT_CODE_SMS = 1,    /* challenge: its code by SMS to the line */
    EFFECT_CODE_MAIL,       /* challenge: its code by e-mail */
    EFFECT_ACCOUNT_EXISTS,  /* challenge: "you already have an account" by e-mail */
    EFFECT_RECEIPT,         /* closure: receipt with reference, time and due */
    EFFECT_CONFIRM,         /* closure: the link and the code */
    EFFECT_REMIND,          /* closure: still waits for the confirmation */
    EFFECT_CONFIRMED,       /* closure: confirmed, will be executed at … */
    EFFECT_WITHDRAWN,       /* closure */
    EFFECT_EXPIRED,         /* closure: nobody confirmed in time */
    EFFECT_CLOSED,          /* closure: done, what remains */
    EFFECT_NETWORK_CUT,     /* closure: cut in the network and read back */
    EFFECT_ACCOUNT_MADE,    /* account: told to the line and the e-mail */
    EFFECT_CONTACT_CHANGED, /* line: told to it and to every contact that was there before */
    EFFECT_SIM_CHANGED,     /* line: the same */
    EFFECT_RESET_CODE,      /* challenge: the code for a forgotten password, by e-mail */
    EFFECT_STATUS_CODE,     /* challenge: the code that shows a status, by e-mail */
    EFFECT_PASSWORD_SET,    /* account: told to it, its lines and their contacts */
    EFFECT_SECOND_CHANGED,  /* line: another person beside the registered one; told like a SIM */
    EFFECT_TOKEN_REUSED,    /* account: an app's old token was used again, so its session ended */
    EFFECT_CONTACT_CODE,    /* challenge: the code to a contact that is to be added */
    EFFECT_REMOVAL_CODE,    /* challenge: the code that removes a contact: SMS or e-mail */
    EFFECT_CONTACT_ADDED,   /* contact: told to its line and to every other contact */
    EFFECT_CONTACT_REMOVED, /* contact: the same, and to itself */
    EFFECT_NETWORK_BAR,     /* suspension: calls, messages, data off, and read back */
    EFFECT_NETWORK_UNBAR,   /* suspension: on again, and read back */
    EFFECT_SUSPENDED, /* suspension: to the line that it is about to be, to others that it is */
    EFFECT_SUSPENSION_ENDS,   /* suspension: the last day is near */
    EFFECT_SUSPENSION_OVER,   /* suspension: the last day came, and it stays suspended */
    EFFECT_REACTIVATED,       /* suspension: the line works again */
    EFFECT_SUSPENSION_LATE,   /* suspension: the network could not; the staff do it by hand */
    EFFECT_DOCUMENT_WANTED,   /* closure: still waits for a document */
    EFFECT_DOCUMENT_REFUSED,  /* closure: why, and how to send another */
    EFFECT_IDENTITY_ACCEPTED, /* closure */
    EFFECT_REJECTED,          /* closure: the identity is somebody else's, it has ended */
    EFFECT_LINE_CLAIMED,      /* line: asked for without its SIM; told to it and to all contacts */
    EFFECT_TRANSFER_SENT,     /* transfer: to the line it came from, and its contacts */
    EFFECT_TRANSFER_RECEIVED, /* transfer: to the line it went to */
    EFFECT_CREDIT_CHOSEN,     /* closure: what is to become of the credit; to all contacts */
    EFFECT_LATE_TOP_UP,       /* closure: a top-up of a closed line was added to the unclaimed */
    EFFECT_UNCLAIMED_ENDS,    /* closure: the last day to claim the credit is near */
    EFFECT_REFUND_REQUESTED,  /* refund: of unclaimed credit; to all contacts */
    EFFECT_PAYEE_CHANGED,     /* refund: paid otherwise than was said; to all contacts */
    EFFECT_REFUND_APPROVED,   /* refund */
    EFFECT_REFUND_PAID,       /* refund */
    EFFECT_REFUND_RETURNED,   /* refund: it came back, and what to do */
    EFFECT_REFUND_REJECTED,   /* refund: why; the money is unclaimed again */
    EFFECT_PAYMENT,           /* refund: to be paid back by the payment provider */
    EFFECT_MANDATE_END,       /* mandate: to be ended by the payment provider */
    EFFECT_KIND_COUNT
};

struct operator_row {
    int64_t id;
    char code[CODE_SIZE];
    int64_t added_at;
};

/* One version of an operator's rules; the text is the policy's JSON as it was loaded. */
enum { POLICY_TEXT_SIZE = 24 * 1024 };
struct policy_row {
    int64_t id, operator, version, effective_at, loaded_at;
    char text[POLICY_TEXT_SIZE];
};

struct subscriber {
    int64_t id, operator, kind, registered_at, erase_after; /* erase_after: set at deregistration */
    char name[NAME_SIZE], name_zh[NAME_SIZE];               /* sealed */
    char birth[16];                                         /* sealed, YYYY-MM-DD */
    char document_type[CODE_SIZE];
    char
        document[DOCUMENT_SIZE]; /* sealed, the one stored form; looked up by hash of type:number */
    char document_key[DOCUMENT_SIZE + CODE_SIZE]; /* lookup only: "hkid:A123456(3)" */
    char language[16];
};

/* Who is on the registration of a line beside its subscriber; the id is the line's. What is erased
 * of the subscriber is erased of it too. */
struct second_person {
    int64_t id, operator, subscriber, role;              /* enum second_role */
    char name[NAME_SIZE], name_zh[NAME_SIZE], birth[16]; /* sealed, as the subscriber's */
    char document_type[CODE_SIZE];
    char document[DOCUMENT_SIZE]; /* sealed, the one stored form */
};

/* Who a line is registered with: all that an identity is matched against (rules/match.h). */
struct registered {
    struct subscriber subscriber;
    struct second_person second; /* id 0: none */
};

struct line {
    int64_t id, operator, subscriber, state,
        closure; /* closure: the open one, or the one that closed */
    int64_t activated_at, expires_at, sim_since, contact_changed_at, closed_at;
    int64_t imported_at;
    int64_t online_minor;   /* of its paid (closed: unclaimed) credit, what was topped up online */
    int64_t transferred_at; /* when credit last left it for another line; 0 = never */
    char number[NUMBER_SIZE], iccid[ICCID_SIZE], imsi[IMSI_SIZE], plan[PLAN_SIZE];
};

/* A number outlives lines: who has it now, or until when it rests. The id is a hash of the number.
 */
struct number {
    int64_t id, operator, state, line, since, until;
    char number[NUMBER_SIZE];
};

/* A SIM is issued once: a row here is never removed. The id is a hash of the ICCID. */
struct sim {
    int64_t id, operator, line, since;
    char iccid[ICCID_SIZE], imsi[IMSI_SIZE];
};

struct contact {
    int64_t id, operator, line, kind, since, verified_at, removed_at;
    int64_t told_until;       /* of a removed one: until when it hears of the line */
    char address[EMAIL_SIZE]; /* sealed */
};

struct account {
    int64_t id, operator, state, made_at, password_at; /* password_at is the password's version */
    int64_t reset_at;                                  /* a forgotten one was set anew; 0 = never */
    char email[EMAIL_SIZE];                            /* sealed and looked up */
    char password[128];                                /* Argon2id */
    char language[16];
};

/* What an account may see: a line whose SIM its holder once proved to hold. It counts only while
 * the line is the one that was proved (lines are never reused; a number's next line has another
 * id). Proved otherwise than by the SIM, it opens the closure that was asked for and no more. */
enum link_how {
    LINK_SIM = 1, /* a code to the SIM */
    LINK_CONTACT, /* a code to a contact registered long enough ago */
    LINK_CLAIMED, /* nothing but the right number and ID number */
};
struct account_line {
    int64_t id, operator, account, line, proved_at, how;
};

/* A browser bears one token. An app bears an access token that lives for minutes, and has a new one
 * by its refresh token, which is used once and gives the next: all of a session's begin with the
 * same random part, so that an old one is known again. Only keyed hashes are kept. */
struct session {
    int64_t id, operator, account, opened_at, ends_at, stepped_up_at, closed_at;
    int64_t kind;                    /* enum session_kind */
    int64_t used_at;                 /* last opened, refreshed, or stepped up */
    int64_t access_ends_at;          /* of the present access token; 0: a browser */
    uint8_t token[32];               /* the browser's, or the present access token */
    uint8_t family[32], refresh[32]; /* the common part, and the present refresh token */
    char device[DEVICE_SIZE];        /* sealed: what the app calls itself */
};

/* A code that was sent: to register (by SMS), to prove an e-mail address, to set a forgotten
 * password anew, to see the status of a closure, to add or remove a contact. */
struct challenge {
    int64_t id, operator, line, account, issue, issued_at, expires_at, attempts, proved_at, used_at;
    int64_t sends;   /* messages sent so far */
    int64_t closure; /* whose status it opens, or 0 */
    int64_t contact; /* that is to be removed, or 0 */
    int64_t via;     /* the contact that its code was sent to, or 0 */
    int64_t claims;  /* 1: the line is asked for without its SIM, by the ID number */
    char purpose[CODE_SIZE];
    char address[EMAIL_SIZE]; /* sealed: the e-mail that is being verified, or empty */
    char language[16];
    uint8_t nonce[16];
};

/* The facts of a closure, with their times. rules/closure.h derives the state. */
struct closure {
    int64_t id, operator, line, account, basis,
        contact; /* contact 0: confirmation goes to the line */
    int64_t submitted_at, due_at, identity_at, confirmed_at, undo_until, executing_at, cut_at,
        cut_how;
    int64_t deregistered_at, withdrawn_at, rejected_at, expired_at, reminded_at, escalated_at;
    int64_t confirm_issue, confirm_issued_at, confirm_expires_at, confirm_attempts, confirm_sends;
    int64_t confirm_delivered_at; /* the message of the present issue left the house; 0 = not yet */
    int64_t next_at;              /* when closure.advance must look at it; 0 = never */
    int64_t policy;               /* policy_row.id under which it was submitted */
    int64_t paid_minor, promotional_minor, quarantine_until, erase_after,
        claim_until; /* at closing; paid_minor: what was unclaimed then */
    uint8_t nonce[16];
    char reference[REFERENCE_SIZE];
    char reason[REASON_SIZE]; /* sealed: free text may hold anything */
    char language[16];
    char evidence[200];   /* what was read back, or attested; no personal data */
    int64_t evidence_by;  /* staff id when attested */
    int64_t status_issue; /* which status secret counts: 1 is the first */
    int64_t api_key;      /* the integrator's key it was submitted with; 0 = none */
    int64_t matched_role; /* enum matched_role: whose document was matched; 0 = nobody's */
    /* Identity: what is asked (enum policy_identity) is fixed when it is submitted. */
    int64_t identity_asked, identity_by; /* identity_by: enum identified_by */
    int64_t document, document_at;       /* the newest one's id, 0 = none yet; when it came */
    int64_t document_refused_at, document_reason; /* of the newest one; enum document_reason */
    int64_t documents;                            /* how many have come */
    int64_t document_erase_at; /* when the first of them is to be erased; 0 = none is yet */
    int64_t unreachable; /* 1: nothing can be sent that would confirm; a counter can (original) */
    /* The contacts heard that the time to claim is nearly over; it was, and so much lapsed. */
    int64_t unclaimed_told_at, lapsed_at, lapsed_minor;
};

/* A picture of an identity document that was sent to a closure; the sealed bytes are a row of their
 * own. None of them was ever checked against the original. */
struct document_row {
    int64_t id, operator, closure, received_at;
    int64_t type;         /* enum document_format */
    int64_t size, pieces; /* of the content: bytes, and in how many pieces it is sealed */
    int64_t decided_at, decision, reason; /* enum document_decision, enum document_reason */
    int64_t erase_after, erased_at;       /* erase_after 0: not decided; the closure knows then */
    char key[CONTENT_KEY_SIZE]; /* sealed: base64url of the content's 32 bytes; "" once erased */
};

/* A key with which an operator signs its certificates. The first one's id is the operator's, so
 * that two cannot be made at once. A retired one signs nothing new and stays for what it signed. */
struct signing_key {
    int64_t id, operator, made_at, retired_at;
    uint8_t public_key[32];
    char seed[68]; /* sealed: 64 hexadecimal digits */
};

/* The certificate of a closure, whose id it bears: what it states, and the signature of that. Made
 * with the deregistration and never afterwards; the PDF is drawn from it alone. */
enum { CERTIFICATE_TEXT = 10240 }; /* more than the longest facts with every letter escaped */
struct certificate {
    int64_t id, operator, key, issued_at; /* key: signing_key.id */
    char reference[REFERENCE_SIZE];
    char statement[CERTIFICATE_TEXT]; /* sealed; JSON, see rules/certificate.h */
    uint8_t signature[64];
};

/* The facts of a suspension, with their times. rules/suspension.h derives the state. One of a line
 * is open (ended_at 0). */
struct suspension {
    int64_t id, operator, line, account; /* account: whose session asked; 0 = none */
    int64_t policy;                      /* policy_row.id under which it was asked for */
    int64_t asked_at, until, fee_minor;  /* what was promised: the last day, the most it costs */
    int64_t barred_at, bar_how, fee_taken_minor;
    int64_t reminded_at, over_at; /* over_at: the last day came, and it stays */
    int64_t back_at, back_why;    /* the line is to work again */
    int64_t unbar_at;             /* since when the network is asked to; 0 = the bar comes first */
    int64_t unbarred_at, unbar_how, ended_at, end_how;
    int64_t by_hand_at, escalated_at; /* the staff have what is under way; were called for it */
    int64_t next_at;                  /* when suspension.advance must look at it; 0 = never */
    char language[16];
};

struct work {
    int64_t id, operator, closure, line, kind, opened_at, due_at, done_at, done_by;
    int64_t suspension;      /* what it is about when closure is 0 */
    int64_t refund, mandate; /* the same */
    char evidence[200];
};

/* What is due of a table with a timer: no more than it takes to advance it. */
struct due {
    int64_t id, operator, line, next_at;
};

struct effect {
    int64_t id, operator, kind, target, line, state, made_at, next_at, expires_at, attempts,
        done_at;
    char cause[160]; /* of the last failure; no personal data */
    char to[16];     /* "sms", "mail", "network" */
    int64_t contact; /* the contact it goes to; 0 = the line itself */
};

/* An attempt budget: so many in a window. The id is a hash of scope and subject. */
struct budget {
    int64_t id, operator, since, count;
    int64_t step; /* spent since it was loaded, negative when given back; not read back */
    char scope[CODE_SIZE];
};

/* What an idempotency key answered. The id is a hash of actor, verb and key. */
struct remembered {
    int64_t id, operator, refusal, result, at, keep_until;
    uint8_t key[32], body[32];
};

struct api_key {
    int64_t id, operator, made_at, revoked_at;
    uint8_t hash[32];
    char name[64], scopes[SCOPES_SIZE];
};
struct staff {
    int64_t id, operator, added_at, removed_at;
    char name[64], system_user[64]; /* sealed; the user is looked up by its hash */
    char roles[SCOPES_SIZE];
};
/* The bytes of a document that was sent, sealed piece by piece (base/content.h), under its id. They
 * are written at once and read one piece at a time. */
struct document_content {
    int64_t id, operator;
    struct bytes content;
};
struct document_piece {
    int64_t id, operator;
    uint8_t content[CONTENT_SEALED];
};

/* The demo's inbox: what would have been sent. Exists on demo installations only. */
enum { MESSAGE_SIZE = 4000 };
struct inbox_message {
    int64_t id, operator, at, effect;
    char to[EMAIL_SIZE], via[16], subject[300], text[MESSAGE_SIZE];
};

struct journal_entry {
    int64_t id, chain, seq, at, operator, actor_kind, actor, subject, result;
    char verb[CODE_SIZE], refusal[CODE_SIZE];
    uint8_t previous[32], hash[32];
};
/* What this database is: one row, id 1. */
struct installation {
    int64_t id, demo;        /* demo is written at creation and never changes */
    uint8_t fingerprint[16]; /* of the key file that belongs to it */
};

/* Where a journal chain ends. */
struct chain_row {
    int64_t id, seq;
    uint8_t hash[32];
};

/* The heads of all chains as they stood when the entry `id` was written: for each chain, in order,
 * its seq as eight bytes, the least first, and the hash of that entry; zeroes: it has none. */
enum { CHAINS = 64, HEAD_BYTES = 40 };
struct checkpoint {
    int64_t id, at;
    uint8_t heads[CHAINS * HEAD_BYTES], hash[32]; /* keyed hash of the others */
};

/* One row, id 1: the entry that last changed operators or policies. */
struct rules_version {
    int64_t id, entry;
};

/* Refusals of people nobody knows, by the minute (milliseconds / 60000), counted apart by the chain
 * whose committer counts. */
struct refusal_count {
    int64_t operator, minute, chain, count;
    char verb[CODE_SIZE], refusal[CODE_SIZE];
};
#endif
