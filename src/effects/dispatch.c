#include "effects/dispatch.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "effects/message.h"
#include "rules/certificate.h"
#include "rules/suspension.h"
#include "store/rows.h"

static enum store_result read_row(const struct dispatch *d, enum statement_id statement, int64_t id,
                                  int64_t operator, void * to) {
    struct key key = {.id = id, .operator= operator};
    struct want want = {.statement = statement, .in = &key, .rows = to, .room = 1};
    return id ? d->settings->engine->read(d->reader, &want, 1) : STORE_OK;
}

/* --- giving verbs --- */

struct job dispatch_job_of(const struct dispatcher_settings *settings, const char *name,
                           int64_t operator, void * input) {
    const struct verb *verb = settings->verb_of(name);
    assert(verb);
    struct job job = {.verb = verb,
                      .actor = {.kind = ACTOR_SYSTEM, .operator= operator}, .input = input};
    job_fill(&job, settings->secrets);
    return job;
}

struct job dispatch_job(const struct dispatcher_settings *settings, const struct effect *effect,
                        struct dispatch_answer *answer) {
    return dispatch_job_of(settings, answer->verb, effect->operator, & answer->input);
}

static struct dispatch_answer report(const struct effect *effect, enum effect_outcome outcome,
                                     const char *cause) {
    struct dispatch_answer answer = {.verb = "effect.report"};
    struct effect_report *in = &answer.input.report;
    *in = (struct effect_report){.effect = effect->id, .outcome = outcome};
    if (effect->kind == EFFECT_CONFIRM || effect->kind == EFFECT_REMIND) {
        in->closure = effect->target;
        in->line = effect->line;
    }
    snprintf(in->cause, sizeof in->cause, "%s", cause);
    return answer;
}

struct dispatch_answer dispatch_report(const struct effect *effect, enum effect_outcome outcome,
                                       const char *cause) {
    return report(effect, outcome, cause);
}

static struct dispatch_answer report_delivery(const struct effect *effect,
                                              const struct delivery *delivery) {
    static const enum effect_outcome outcomes[] = {
        [DELIVERED] = OUTCOME_DELIVERED, [RETRY] = OUTCOME_RETRY, [FAILED] = OUTCOME_FAILED};
    return report(effect, outcomes[delivery->outcome], delivery->cause);
}

/* What the inbox says of a message is what has become of its delivery. */
static struct dispatch_answer report_inbox(const struct effect *effect, enum refusal refusal) {
    struct delivery delivery = refusal == ACCEPTED || refusal == REFUSED_UNCHANGED
                                   ? delivery_of(DELIVERED, "inbox")
                                   : delivery_of(FAILED, "the inbox refused it");
    return report_delivery(effect, &delivery);
}

enum dispatch_recorded dispatch_judge(const struct effect *effect, struct dispatch_answer *answer,
                                      const struct job *job) {
    if (job->down)
        return RECORDED_DOWN;
    if (strcmp(answer->verb, "inbox.add") == 0) {
        *answer = report_inbox(effect, job->refusal);
        return RECORDED_NEXT;
    }
    if (job->refusal == ACCEPTED)
        return RECORDED;
    bool reported = strcmp(answer->verb, "effect.report") == 0;
    if (job->refusal == REFUSED_BROKEN || (reported && job->refusal != REFUSED_UNCHANGED))
        return RECORDED_BROKEN;
    if (job->refusal == REFUSED_UNCHANGED || strcmp(answer->verb, "network.cut") != 0)
        return RECORDED_UNCHANGED;
    *answer = report(effect, OUTCOME_RETRY, "cut, but the closure would not take it");
    return RECORDED_NEXT;
}

enum dispatch_recorded dispatch_record(const struct dispatch *d, const struct effect *effect,
                                       struct dispatch_answer *answer) {
    enum dispatch_recorded recorded;
    do {
        struct job job = dispatch_job(d->settings, effect, answer);
        recorded = committer_run(d->settings->committer, &job)
                       ? dispatch_judge(effect, answer, &job)
                       : RECORDED_DOWN;
    } while (recorded == RECORDED_NEXT);
    return recorded;
}

/* --- what an effect is about --- */

/* What the effect is about beside its line and contact: by which statement, and where it goes. */
static enum statement_id target_of(const struct effect *effect, struct message_facts *f,
                                   void **to) {
    if (message_about_closure(effect->kind) || effect->kind == EFFECT_NETWORK_CUT) {
        *to = &f->closure;
        return CLOSURE_BY_ID;
    }
    if (effect->kind >= EFFECT_NETWORK_BAR && effect->kind <= EFFECT_SUSPENSION_LATE) {
        *to = &f->suspension;
        return SUSPENSION_BY_ID;
    }
    if (effect->kind == EFFECT_ACCOUNT_MADE || effect->kind == EFFECT_PASSWORD_SET ||
        effect->kind == EFFECT_TOKEN_REUSED) {
        *to = &f->account;
        return ACCOUNT_BY_ID;
    }
    if (message_about_refund(effect->kind)) {
        *to = &f->refund;
        return REFUND_BY_ID;
    }
    if (effect->kind == EFFECT_CONTACT_ADDED || effect->kind == EFFECT_CONTACT_REMOVED) {
        *to = &f->about;
        return CONTACT_BY_ID;
    }
    if (message_about_transfer(effect->kind)) {
        *to = &f->transfer;
        return TRANSFER_BY_ID;
    }
    *to = &f->challenge;
    return CHALLENGE_BY_ID;
}

/* What can be claimed of the line by now. */
static enum store_result unclaimed_read(const struct dispatch *d, struct message_facts *f) {
    struct ledger_account accounts[LEDGERS_A_LINE] = {{0}};
    struct key key = {.id = f->line.id, .operator= f->line.operator};
    struct want want = {
        .statement = LEDGER_OF_LINE, .in = &key, .rows = accounts, .room = LEDGERS_A_LINE};
    enum store_result result = d->settings->engine->read(d->reader, &want, 1);
    const struct ledger_account *account = ledger_find(accounts, LEDGER_UNCLAIMED);
    if (result == STORE_OK && account)
        f->unclaimed = *account;
    return result;
}

/* The line at the transfer's other end; whose language counts at the end that gets it. */
static enum store_result transfer_read(const struct dispatch *d, const struct effect *effect,
                                       struct message_facts *f) {
    bool gets = effect->kind == EFFECT_TRANSFER_RECEIVED;
    int64_t operator= effect->operator, other = gets ? f->transfer.line : f->transfer.target;
    enum store_result result = read_row(d, LINE_BY_ID, other, operator, & f->other);
    if (result != STORE_OK || !gets)
        return result;
    return read_row(d, SUBSCRIBER_BY_ID, f->line.subscriber, operator, & f->subscriber);
}

/* Of a message about a refund: to whom it is paid, and the closure that it comes from. */
static enum store_result refund_read(const struct dispatch *d, struct message_facts *f) {
    int64_t operator= f->effect.operator;
    enum store_result result = read_row(d, PAYEE_OF_REFUND, f->effect.target, operator, & f->payee);
    if (result != STORE_OK)
        return result;
    return read_row(d, CLOSURE_BY_ID, f->refund.closure, operator, & f->closure);
}

/* What was chosen for the credit of a closure, where it goes, and the refund that came of it. */
static enum store_result credit_read(const struct dispatch *d, struct message_facts *f) {
    struct key key = {.id = f->closure.id, .operator= f->effect.operator};
    struct want wants[] = {
        {.statement = SETTLEMENT_BY_ID, .in = &key, .rows = &f->settlement, .room = 1},
        {.statement = PAYEE_OF_SETTLEMENT, .in = &key, .rows = &f->payee, .room = 1},
        {.statement = LINE_OF_SETTLEMENT, .in = &key, .rows = &f->other, .room = 1},
    };
    enum store_result result = d->settings->engine->read(d->reader, wants, 3);
    if (result != STORE_OK || !f->settlement.refund)
        return result;
    return read_row(d, REFUND_BY_ID, f->settlement.refund, f->effect.operator, & f->refund);
}

/* All that can be asked for at once is. */
static enum store_result facts_read(const struct dispatch *d, const struct effect *effect,
                                    struct message_facts *f) {
    void *target;
    int64_t operator= effect->operator;
    bool changed = effect->kind == EFFECT_CONTACT_CHANGED || effect->kind == EFFECT_SIM_CHANGED ||
                   effect->kind == EFFECT_SECOND_CHANGED || effect->kind == EFFECT_LINE_CLAIMED;
    bool contact_is =
        effect->kind == EFFECT_CONTACT_ADDED || effect->kind == EFFECT_CONTACT_REMOVED;
    enum statement_id of_target = target_of(effect, f, &target);
    struct key line = {.id = effect->line, .operator= operator},
                       contact = {.id = effect->contact, .operator= operator},
                                  about = {.id = effect->target, .operator= operator};
    struct want wants[] = {
        {.statement = LINE_BY_ID, .in = &line, .rows = &f->line, .room = 1},
        {.statement = CONTACT_BY_ID, .in = &contact, .rows = &f->contact, .room = 1},
        {.statement = of_target, .in = &about, .rows = target, .room = 1},
    };
    f->effect = *effect;
    f->secrets = d->settings->secrets;
    f->now = d->settings->now();
    enum store_result result = d->settings->engine->read(d->reader, wants, changed ? 2 : 3);
    bool unclaimed = effect->kind == EFFECT_LATE_TOP_UP || effect->kind == EFFECT_UNCLAIMED_ENDS;
    if (result == STORE_OK && unclaimed)
        result = unclaimed_read(d, f);
    if (result == STORE_OK && !unclaimed && message_about_credit(effect->kind))
        result = credit_read(d, f);
    if (result != STORE_OK)
        return result;
    if (message_about_transfer(effect->kind))
        return transfer_read(d, effect, f);
    if (message_about_refund(effect->kind))
        return refund_read(d, f);
    if (changed || contact_is)
        return read_row(d, SUBSCRIBER_BY_ID, f->line.subscriber, operator, & f->subscriber);
    int64_t asked = f->closure.account ? f->closure.account : f->suspension.account;
    return effect->contact ? STORE_OK : read_row(d, ACCOUNT_BY_ID, asked, operator, & f->account);
}

/* --- messages --- */

/* The one under which the case was begun, else the present one. */
static const struct policy *policy_at(const struct tenant *tenant, const struct message_facts *f) {
    int64_t begun = f->closure.id ? f->closure.policy : f->suspension.policy;
    for (size_t i = 0; begun && i < tenant->policy_count; i++)
        if (tenant->policies[i].id == begun)
            return &tenant->policies[i];
    return policy_effective(tenant->policies, tenant->policy_count, f->now);
}

static struct dispatch_answer to_inbox(const struct effect *effect, const struct message *message) {
    struct dispatch_answer answer = {.verb = "inbox.add"};
    struct inbox_add *in = &answer.input.inbox;
    in->effect = effect->id;
    snprintf(in->to, sizeof in->to, "%s", message->to);
    snprintf(in->via, sizeof in->via, "%s", effect->to);
    snprintf(in->subject, sizeof in->subject, "%s", message->subject);
    snprintf(in->text, sizeof in->text, "%s", message->text);
    return answer;
}

static struct dispatch_answer to_people(const struct dispatch *d, const struct message_facts *f,
                                        const struct message *message) {
    char key[40];
    const struct dispatcher_settings *s = d->settings;
    bool sms = strcmp(f->effect.to, "sms") == 0;
    struct delivery delivery = delivery_of(RETRY, "no gateway is set for this kind of message");
    snprintf(key, sizeof key, "ringoff-%lld", (long long)f->effect.id);
    if (sms && s->sms) {
        struct sms_settings settings = *s->sms;
        settings.from = f->policy->sms_sender;
        delivery = sms_send(d->http, &settings, message->to, message->text, key);
    } else if (!sms && s->mail) {
        struct mail_settings settings = *s->mail;
        settings.from_name = f->policy->name[message->language];
        struct mail mail = {.to = message->to,
                            .subject = message->subject,
                            .text = message->text,
                            .language = language_tag(message->language),
                            .at = f->effect.made_at,
                            .key = key};
        delivery = mail_send(&settings, &mail);
    } else if (s->demo) {
        return to_inbox(&f->effect, message);
    }
    return report_delivery(&f->effect, &delivery);
}

static struct dispatch_answer send_message(const struct dispatch *d, struct message_facts *f) {
    char site[SITE_SIZE];
    struct dispatch_answer answer;
    const char *dropped = message_dropped(f);
    if (dropped)
        return report(&f->effect, OUTCOME_DROPPED, dropped);
    struct message *message = malloc(sizeof *message);
    policy_site(f->policy, d->settings->site, site);
    f->site = site;
    if (!message)
        answer = report(&f->effect, OUTCOME_RETRY, "no memory");
    else if (message_make(d->settings->pages, f, message))
        answer = to_people(d, f, message);
    else
        answer =
            report(&f->effect, OUTCOME_FAILED, "the message could not be made from its template");
    free(message);
    return answer;
}

/* --- the network --- */

static struct dispatch_answer to_staff(const struct message_facts *f, const char *cause) {
    struct dispatch_answer answer = {.verb = "network.manual"};
    struct network_manual *in = &answer.input.manual;
    *in = (struct network_manual){
        .closure = f->closure.id, .line = f->line.id, .effect = f->effect.id};
    snprintf(in->cause, sizeof in->cause, "%s", cause);
    return answer;
}

static struct dispatch_answer was_cut(const struct message_facts *f, const char *evidence) {
    struct dispatch_answer answer = {.verb = "network.cut"};
    struct network_cut *in = &answer.input.cut;
    *in =
        (struct network_cut){.closure = f->closure.id, .line = f->line.id, .effect = f->effect.id};
    snprintf(in->evidence, sizeof in->evidence, "%s", evidence);
    return answer;
}

/* Cuts, or after the staff attested it checks: cutting what is cut already reads back that it is,
 * and whatever the network still held is gone then. */
static struct dispatch_answer cut(const struct dispatch *d, const struct message_facts *f) {
    const struct closure *closure = &f->closure;
    bool manual = d->settings->network == NETWORK_MANUAL;
    bool check = closure->cut_at && closure->cut_how == CUT_ATTESTED;
    if (!closure->id || !f->line.id || !closure->executing_at || (closure->cut_at && !check))
        return report(&f->effect, OUTCOME_DROPPED, "the closure does not wait for a cut");
    if (manual)
        return check ? report(&f->effect, OUTCOME_DROPPED, "attested, and no adapter to check with")
                     : to_staff(f, "");
    struct delivery delivery = hlr_cut(&d->settings->hlr, f->line.imsi, f->line.number);
    if (delivery.outcome == FAILED)
        return to_staff(f, delivery.cause);
    if (delivery.outcome == RETRY)
        return report_delivery(&f->effect, &delivery);
    return check ? report(&f->effect, OUTCOME_DELIVERED, delivery.evidence)
                 : was_cut(f, delivery.evidence);
}

static struct dispatch_answer was_switched(const struct message_facts *f,
                                           enum switch_outcome outcome, const char *text) {
    struct dispatch_answer answer = {.verb = "network.switch"};
    struct network_switch *in = &answer.input.switched;
    *in = (struct network_switch){.suspension = f->suspension.id,
                                  .line = f->line.id,
                                  .effect = f->effect.id,
                                  .outcome = outcome};
    snprintf(in->text, sizeof in->text, "%s", text);
    return answer;
}

/* Bars or unbars, by what is wanted at this moment. */
static struct dispatch_answer switch_line(const struct dispatch *d, const struct message_facts *f) {
    enum suspension_switch wanted = SWITCH_NONE;
    if (f->line.id && f->suspension.line == f->line.id)
        wanted = suspension_switch(&f->suspension, (enum effect_kind)f->effect.kind);
    if (wanted == SWITCH_NONE)
        return report(&f->effect, OUTCOME_DROPPED, "the suspension does not wait for it");
    if (wanted == SWITCH_SKIP)
        return was_switched(f, SWITCH_SKIPPED, "");
    if (d->settings->network == NETWORK_MANUAL)
        return was_switched(f, SWITCH_STAFF, "");
    struct delivery delivery = wanted == SWITCH_BAR ? hlr_bar(&d->settings->hlr, f->line.imsi)
                                                    : hlr_unbar(&d->settings->hlr, f->line.imsi);
    if (delivery.outcome == FAILED)
        return was_switched(f, SWITCH_STAFF, delivery.cause);
    if (delivery.outcome == RETRY)
        return report_delivery(&f->effect, &delivery);
    return was_switched(f, SWITCHED, delivery.evidence);
}

bool dispatch_deliver(const struct dispatch *d, const struct effect *effect,
                      struct dispatch_answer *answer) {
    if (strcmp(effect->to, "payment") == 0)
        return dispatch_payment(d, effect, answer);
    struct message_facts *f = calloc(1, sizeof *f);
    enum store_result result = f ? facts_read(d, effect, f) : STORE_DOWN;
    if (result != STORE_OK) {
        free(f);
        if (result == STORE_BROKEN)
            *answer = report(effect, OUTCOME_RETRY, "its rows cannot be read");
        return result == STORE_BROKEN;
    }
    const struct tenants *tenants = committer_tenants(d->settings->committer);
    const struct tenant *tenant = tenant_find(tenants, effect->operator);
    f->policy = tenant ? policy_at(tenant, f) : NULL;
    if (!f->policy)
        *answer = report(effect, OUTCOME_RETRY, "the operator has no policy in force");
    else if (effect->kind == EFFECT_NETWORK_CUT)
        *answer = cut(d, f);
    else if (strcmp(effect->to, "network") == 0)
        *answer = switch_line(d, f);
    else
        *answer = send_message(d, f);
    committer_tenants_release(d->settings->committer, tenants);
    free(f);
    return true;
}

/* --- what is due --- */

static const enum statement_id due_of[LANE_ASIDE] = {
    [LANE_MESSAGES] = EFFECTS_DUE,
    [LANE_NETWORK] = EFFECTS_DUE_NETWORK,
    [LANE_PAYMENTS] = EFFECTS_DUE_PAYMENT,
};

size_t dispatch_due(const struct dispatch *d, enum lane lane, struct effect *rows, size_t room) {
    assert(lane < LANE_ASIDE);
    const struct place *place = &d->lanes[lane];
    struct key key = {
        .at = d->settings->now(), .other = place->at, .id = place->id, .limit = (int64_t)room};
    struct want want = {.statement = due_of[lane], .in = &key, .rows = rows, .room = room};
    if (d->settings->engine->read(d->reader, &want, 1) != STORE_OK)
        return 0;
    return want.count;
}

void dispatch_pass(struct dispatch *d, enum lane lane, const struct effect *last) {
    assert(lane < LANE_ASIDE);
    d->lanes[lane] = last ? (struct place){last->next_at, last->id} : (struct place){0};
}
