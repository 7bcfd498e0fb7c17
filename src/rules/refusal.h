/* The refusals: every way in which Ringoff says no, each with a stable code, an HTTP status and a
 * sentence that says why not and what to do. Codes are never renamed and never reused.
 * A refusal is a value, not an error: it is journalled and remembered like any other answer. */
#ifndef RINGOFF_REFUSAL_H
#define RINGOFF_REFUSAL_H

enum refusal {
    ACCEPTED = 0,
    /* how it was asked */
    REFUSED_INPUT,       /* a field is missing, unknown, out of bounds or not well-formed */
    REFUSED_KEY_MISSING, /* no idempotency key */
    REFUSED_KEY_REUSED,  /* the key was used with another body */
    REFUSED_FORM,        /* the form's hidden token or its origin does not fit */
    REFUSED_TOO_LARGE,
    REFUSED_NOT_FOUND, /* unknown, or not yours, or another operator's: one answer for all */
    REFUSED_METHOD,
    REFUSED_BUSY,   /* the server or its database cannot take it now */
    REFUSED_ERASED, /* the answer was erased */
    /* who asked */
    REFUSED_NOT_SIGNED_IN,
    REFUSED_NOT_ALLOWED, /* this actor, scope or role may not */
    REFUSED_STEP_UP,     /* the password must be given again first */
    REFUSED_PROOF,       /* proof_required asks for more than is there */
    REFUSED_SIGN_IN,     /* e-mail and password do not fit together */
    REFUSED_TOO_MANY,    /* an attempt budget is spent */
    /* codes and links */
    REFUSED_CODE_WRONG,
    REFUSED_CODE_EXPIRED,
    REFUSED_CODE_USED,
    REFUSED_RESEND_LIMIT,
    /* identity */
    REFUSED_DOCUMENT_FORM,  /* the number is not well-formed: length, characters */
    REFUSED_DOCUMENT_CHECK, /* the check digit does not fit */
    REFUSED_DOCUMENT_TYPE,  /* not accepted as an identity document */
    REFUSED_IDENTITY,       /* does not match the registration */
    REFUSED_CONTACT_YOUNG,  /* registered too recently to receive a confirmation */
    REFUSED_PASSWORD_WEAK,
    REFUSED_EMAIL_FORM,
    REFUSED_NUMBER_FORM,
    /* the line and its closure */
    REFUSED_LINE_CLOSED,
    REFUSED_LINE_CLOSING,  /* a closure is open already */
    REFUSED_CLOSURE_STATE, /* the closure is not in a state that allows this */
    REFUSED_TOO_LATE,      /* the network is being cut; it cannot be called off any more */
    /* import, policy, operation */
    REFUSED_NUMBER_QUARANTINED,
    REFUSED_NUMBER_TAKEN,
    REFUSED_NUMBER_RANGE, /* not in the operator's blocks */
    REFUSED_SIM_USED,     /* a SIM is never issued twice */
    REFUSED_CAP,          /* more lines than a person or a company may have */
    REFUSED_POLICY,       /* the policy breaks a rule; nothing was loaded */
    REFUSED_EFFECT_STATE,
    REFUSED_EVIDENCE, /* a work item is finished only with evidence */
    REFUSED_DEMO_ONLY,
    REFUSED_UNCHANGED, /* it is like that already */
    REFUSED_AMOUNT,
    REFUSED_KIND_DIFFERS, /* the document is registered, but otherwise */
    REFUSED_NAME_DIFFERS,
    REFUSED_NAME_ZH_DIFFERS,
    REFUSED_BIRTH_DIFFERS,
    REFUSED_POLICY_CONFLICT,   /* a host or number block is another operator's */
    REFUSED_EVIDENCE_PERSONAL, /* evidence holds an address or a number */
    REFUSED_RESET_NEW,         /* a forgotten password was set anew: no e-mail may confirm yet */
    REFUSED_SECOND_PERSON,     /* no adult of the role that goes with the registered person */
    REFUSED_DOCUMENT_UNASKED,  /* the identity needs no document, or not any more */
    REFUSED_DOCUMENT_WAITING,  /* one is being looked at */
    REFUSED_DOCUMENT_LIMIT,    /* as many as may be were sent */
    REFUSED_DOCUMENT_MISSING,  /* none waits to be decided on */
    REFUSED_DOCUMENT_OTHER,    /* another one came than the one that was looked at */
    REFUSED_REASON,            /* not one of the reasons for which a document is refused */
    REFUSED_CONTACTS_FULL,     /* the line has as many contacts as it may have */
    REFUSED_LINE_SUSPENDED,    /* suspended already, or about to be */
    REFUSED_NOT_SUSPENDED,
    REFUSED_LINE_EXPIRED,
    REFUSED_FEE,             /* it costs more by now than what was shown */
    REFUSED_ROUTE_SUSPENDED, /* no message reaches a suspended line */
    REFUSED_AMOUNT_FORM,     /* no amount, or too many decimals */
    REFUSED_CURRENCY,        /* not the operator's */
    REFUSED_CREDIT_SHORT,    /* more than there is */
    REFUSED_NUMBERS_DIFFER,
    REFUSED_TRANSFER_TARGET, /* unknown, closed or another operator's: one answer for all */
    REFUSED_TRANSFER_SELF,
    REFUSED_TRANSFER_LIMIT, /* below or above a limit of the policy */
    REFUSED_TRANSFER_COOLING,
    REFUSED_TRANSFER_OFF,
    REFUSED_REFUND_OFF,
    REFUSED_REFUND_MINIMUM,
    REFUSED_REFUND_WAY,
    REFUSED_PAYEE_FORM,
    REFUSED_PAYEE_NAME,
    REFUSED_PAYEE_VELOCITY, /* too many refunds to one payee */
    REFUSED_REFUND_STATE,
    REFUSED_REFUND_PROVIDER, /* the payment provider has it, and may still pay it */
    REFUSED_REFUND_WAITING,  /* the payee was changed a short time ago */
    REFUSED_SECOND_ACTOR,
    REFUSED_CONSENT, /* what was agreed to is not what is there */
    REFUSED_LEAVE_OFF,
    REFUSED_CLAIM_OVER,
    REFUSED_CHARGE_DIFFERS, /* the transaction came before, otherwise */
    REFUSED_REFUND_REASON,
    REFUSED_ORIGINAL,
    REFUSED_MANDATES_FULL, /* as many as can all be ended with the line */
    REFUSED_BROKEN,        /* our fault; it was written down and nothing was changed */
    REFUSAL_COUNT
};

struct refusal_about {
    const char *code;     /* stable, lower_case */
    int status;           /* HTTP */
    const char *title;    /* msgid: what is wrong, a few words */
    const char *sentence; /* msgid: why not and what to do */
};

/* The table row of a refusal; for a value out of range that of REFUSED_BROKEN. */
const struct refusal_about *refusal_about(enum refusal refusal);
/* The refusal of a stable code, or REFUSAL_COUNT. */
enum refusal refusal_of(const char *code);
#endif
