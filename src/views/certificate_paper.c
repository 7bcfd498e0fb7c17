#include "views/certificate_paper.h"

#include <stdio.h>
#include <string.h>

#include "base/format.h"
#include "base/paper.h"
#include "rules/certificate_file.h"

enum { PAPER_ARENA = 64 * 1024, FACT_STAYS = 40, CODE_STAYS = 180 /* points */ };

bool certificate_paper_of(const struct secrets *secrets, const struct certificate *row,
                          const struct signing_key *key, struct certificate_paper *paper) {
    memset(paper, 0, sizeof *paper);
    if (!row->id || key->id != row->key ||
        key->operator!= row->operator|| !secret_unhex(key->seed, paper->seed, sizeof paper->seed) ||
        !certificate_read(row->statement, &paper->facts))
        return false;
    paper->issued_at = row->issued_at;
    memcpy(paper->statement, row->statement, sizeof paper->statement);
    certificate_code(secrets, row, paper->code);
    secret_sign_name(key->public_key, paper->key);
    return true;
}

struct drawing {
    const struct certificate_paper *of;
    const struct certificate_facts *facts;
    struct arena *arena;
    enum language language;
};

/* --- words, in the person's language and in English beside it --- */

static const char *said(const struct drawing *d, const char *msgid) {
    return words(d->language, msgid);
}

static const char *beside(const struct drawing *d, const char *text) {
    return d->language == LANGUAGE_EN || !text ? "" : text;
}

static const char *or_empty(const char *text) {
    return text ? text : "";
}

static const char *brand(const struct drawing *d) {
    const char *const names[LANGUAGE_COUNT] = {[LANGUAGE_EN] = d->facts->operator_name,
                                               [LANGUAGE_ZH_HANT] = d->facts->operator_name_hant,
                                               [LANGUAGE_ZH_HANS] = d->facts->operator_name_hans};
    const char *own = names[d->language], *english = d->facts->operator_name;
    if (!*own || strcmp(own, english) == 0)
        return english;
    return or_empty(arena_format(d->arena, "%s  %s", own, english));
}

static void fact(struct paper *paper, const struct drawing *d, const char *label, const char *value,
                 const char *english) {
    paper_fact(paper, said(d, label), beside(d, label), or_empty(value), beside(d, english));
}

static const char *time_in(const struct drawing *d, enum language language, int64_t at) {
    return or_empty(format_time(d->arena, language, at, (int)d->facts->utc_offset_minutes));
}

static const char *date_in(const struct drawing *d, enum language language, int64_t at) {
    return or_empty(format_date(d->arena, language, at, (int)d->facts->utc_offset_minutes));
}

static void happened(struct paper *paper, const struct drawing *d, const char *label, int64_t at) {
    if (at)
        fact(paper, d, label, time_in(d, d->language, at), time_in(d, LANGUAGE_EN, at));
}

/* The same with how it was done (NULL: nothing is said of that), and what was seen ("": nothing).
 */
static void happened_so(struct paper *paper, const struct drawing *d, const char *label, int64_t at,
                        const char *how, const char *seen) {
    bool english = d->language == LANGUAGE_EN;
    if (!how) {
        happened(paper, d, label, at);
        return;
    }
    const char *own = arena_format(d->arena, "%s%s%s", time_in(d, d->language, at),
                                   english ? ", " : "\u3000", said(d, how));
    const char *below = english ? seen
                                : arena_format(d->arena, "%s, %s%s%s", time_in(d, LANGUAGE_EN, at),
                                               how, *seen ? "\n" : "", seen);
    paper_fact(paper, said(d, label), beside(d, label), or_empty(own), or_empty(below));
}

/* A sentence with {1} and {2} filled in, in whatever order the language has them. */
static const char *filled(const struct drawing *d, enum language language, const char *msgid,
                          const char *first, const char *second) {
    const char *sentence = words(language, msgid), *text = "", *mark;
    for (; (mark = strchr(sentence, '{')); sentence = mark + 3)
        text = or_empty(arena_format(d->arena, "%s%.*s%s", text, (int)(mark - sentence), sentence,
                                     mark[1] == '1' ? first : second));
    return or_empty(arena_format(d->arena, "%s%s", text, sentence));
}

static const char *with_date(const struct drawing *d, enum language language, const char *msgid,
                             int64_t at) {
    return filled(d, language, msgid, date_in(d, language, at), "");
}

/* --- its parts --- */

static void head(struct paper *paper, const struct drawing *d) {
    const char *title = N_("Certificate of closure");
    const char *body = N_("We certify that the line named below has been closed: it was cut off in "
                          "our network, and its registration has ended.");
    paper_text(paper, PAPER_BRAND, brand(d));
    paper_text(paper, PAPER_TITLE, said(d, title));
    paper_text(paper, PAPER_SUBTITLE, beside(d, title));
    paper_text(paper, PAPER_BODY, said(d, body));
    paper_text(paper, PAPER_SMALL, beside(d, body));
}

static void the_line(struct paper *paper, const struct drawing *d) {
    const struct certificate_facts *f = d->facts;
    const char *number = format_number(d->arena, f->number);
    const char *both = *f->name && *f->name_zh
                           ? arena_format(d->arena, "%s  %s", f->name_zh, f->name)
                       : *f->name_zh ? f->name_zh
                                     : f->name;
    paper_heading(paper, said(d, N_("The line")), beside(d, "The line"), FACT_STAYS);
    fact(paper, d, N_("Reference"), f->reference, "");
    fact(paper, d, N_("Registered subscriber"), both, "");
    fact(paper, d, N_("Telephone number"), number ? number : f->number, "");
}

static const char *identity_how(const struct certificate_facts *f) {
    static const struct {
        const char *code, *how;
    } all[] = {{"match", N_("by the number of the registered document")},
               {"document", N_("by a copy of the registered document")},
               {"original", N_("by the original of the registered document")}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].code, f->identity) == 0)
            return all[i].how;
    return NULL;
}

static void was_done(struct paper *paper, const struct drawing *d) {
    const struct certificate_facts *f = d->facts;
    const char *how = strcmp(f->cut, "attested") == 0
                          ? N_("attested by a named member of our staff")
                          : N_("read back from the network, which no longer knows the line");
    paper_heading(paper, said(d, N_("What was done")), beside(d, "What was done"), FACT_STAYS);
    happened(paper, d, N_("Request received"), f->submitted_at);
    if (f->identity_at)
        happened_so(paper, d, N_("Identity accepted"), f->identity_at, identity_how(f), "");
    happened(paper, d, N_("Confirmed by the subscriber"), f->confirmed_at);
    happened_so(paper, d, N_("Cut off in the network"), f->cut_at, how, f->evidence);
    happened(paper, d, N_("Deregistered"), f->deregistered_at);
}

static const char *money_in(const struct drawing *d, enum language language, int64_t minor) {
    return or_empty(format_money(d->arena, language, minor, d->facts->currency));
}

/* One more sentence of a fact; Chinese needs no blank between. */
static const char *also(const struct drawing *d, enum language language, const char *text,
                        const char *sentence) {
    const char *blank = *text && language == LANGUAGE_EN ? " " : "";
    return or_empty(arena_format(d->arena, "%s%s%s", text, blank, sentence));
}

static const char *unclaimed(const struct drawing *d, enum language language) {
    const struct certificate_facts *f = d->facts;
    const char *amount = money_in(d, language, f->paid_minor);
    if (!f->claim_until)
        return filled(d, language,
                      N_("{1} of paid credit can be claimed with the reference, at any time."),
                      amount, "");
    return filled(d, language,
                  N_("{1} of paid credit can be claimed until {2}, with the reference."), amount,
                  date_in(d, language, f->claim_until));
}

static const char *credit(const struct drawing *d, enum language language) {
    const struct certificate_facts *f = d->facts;
    const char *text = "";
    if (f->refund_minor) {
        text = filled(d, language, N_("A refund of {1} was asked for: its reference is {2}."),
                      money_in(d, language, f->refund_minor), f->refund);
        text =
            also(d, language, text, with_date(d, language, N_("It arrives by {1}."), f->refund_by));
    }
    if (f->transfer_minor)
        text = filled(d, language, N_("{1} went to another line of the subscriber's choice."),
                      money_in(d, language, f->transfer_minor), "");
    if (f->fee_minor)
        text = also(
            d, language, text,
            filled(d, language, N_("That cost {1}."), money_in(d, language, f->fee_minor), ""));
    if (f->left_minor)
        text = filled(d, language,
                      N_("{1} was left to the operator, by consent that named the amount."),
                      money_in(d, language, f->left_minor), "");
    if (f->paid_minor)
        text = also(d, language, text, unclaimed(d, language));
    return *text ? text : words(language, N_("There was no paid credit on the line."));
}

static const char *ended(const struct drawing *d, enum language language) {
    return filled(
        d, language, N_("{1} has ended."),
        or_empty(format_money(d->arena, language, d->facts->promotional_minor, d->facts->currency)),
        "");
}

static const char *number_rests(const struct drawing *d, enum language language) {
    const struct certificate_facts *f = d->facts;
    const char *rests =
        with_date(d, language, N_("Nobody else gets it before {1}."), f->number_until);
    if (!f->reclaim_until)
        return rests;
    return or_empty(
        arena_format(d->arena, language == LANGUAGE_EN ? "%s %s" : "%s%s", rests,
                     with_date(d, language, N_("The subscriber can have it back until {1}."),
                               f->reclaim_until)));
}

static void remains(struct paper *paper, const struct drawing *d) {
    const struct certificate_facts *f = d->facts;
    const char *kept = N_("Kept until {1}, as the law asks; then erased.");
    paper_heading(paper, said(d, N_("What remains")), beside(d, "What remains"), FACT_STAYS);
    fact(paper, d, N_("Credit"), credit(d, d->language), credit(d, LANGUAGE_EN));
    if (f->promotional_minor)
        fact(paper, d, N_("Promotional credit"), ended(d, d->language), ended(d, LANGUAGE_EN));
    if (f->number_until)
        fact(paper, d, N_("Telephone number"), number_rests(d, d->language),
             number_rests(d, LANGUAGE_EN));
    fact(paper, d, N_("Registration"), with_date(d, d->language, kept, f->registration_until),
         with_date(d, LANGUAGE_EN, kept, f->registration_until));
}

static void verified(struct paper *paper, const struct drawing *d) {
    const struct certificate_facts *f = d->facts;
    const char *page = arena_format(d->arena, "%s/v/%s", f->site, f->reference);
    const char *link = arena_format(d->arena, "%s#%s", or_empty(page), d->of->code);
    const char *how =
        N_("Scan the code, or open the address and type the check code. The page says "
           "what we certified; compare it with this paper.");
    const char *file =
        N_("The file is signed (Ed25519): a single changed byte is found. The keys are "
           "our own; no certificate authority vouches for them.");
    const char *code = arena_format(d->arena, "%s  %s", said(d, N_("Check code")), d->of->code);
    const char *key = arena_format(d->arena, "%s  %s\n%s/.well-known/ringoff-keys.json",
                                   said(d, N_("Key")), d->of->key, f->site);
    const char *texts[7];
    size_t count = 0;
    texts[count++] = or_empty(code);
    texts[count++] = or_empty(page);
    texts[count++] = said(d, how);
    if (*beside(d, how))
        texts[count++] = how;
    texts[count++] = said(d, file);
    if (*beside(d, file))
        texts[count++] = file;
    texts[count++] = or_empty(key);
    paper_heading(paper, said(d, N_("Is it genuine?")), beside(d, "Is it genuine?"), CODE_STAYS);
    paper_code(paper, or_empty(link), texts, count);
}

static void compose(struct paper *paper, const void *owner) {
    const struct drawing *d = owner;
    head(paper, d);
    the_line(paper, d);
    was_done(paper, d);
    remains(paper, d);
    verified(paper, d);
}

static bool drawn(const struct drawing *d, struct buffer *pdf) {
    const char *title =
        arena_format(d->arena, "%s %s", said(d, "Certificate of closure"), d->facts->reference);
    const char *foot = arena_format(d->arena, "%s \302\267 %s \302\267 %s", or_empty(brand(d)),
                                    d->facts->reference, time_in(d, d->language, d->of->issued_at));
    struct paper_about about = {.title = title,
                                .author = d->facts->operator_name,
                                .language = d->language,
                                .at = d->of->issued_at,
                                .foot = foot};
    return title && foot && paper_draw(&about, compose, d, pdf) && !d->arena->failed;
}

bool certificate_paper_draw(const struct certificate_paper *paper, struct buffer *file) {
    struct arena arena;
    struct buffer pdf;
    struct drawing d = {.of = paper, .facts = &paper->facts, .arena = &arena};
    arena_open(&arena, PAPER_ARENA);
    buffer_open(&pdf, CERTIFICATE_FILE_MOST);
    if (!language_parse(paper->facts.language, &d.language))
        d.language = LANGUAGE_EN;
    bool good = drawn(&d, &pdf) &&
                certificate_file_write(file, pdf.data, pdf.length, paper->statement, paper->seed);
    buffer_close(&pdf);
    arena_close(&arena);
    return good;
}
