/* Who lives in the demo. Names are common ones put together at random; numbers lie in the demo
 * operators' blocks, ICCIDs and ID numbers have valid check digits. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/civil.h"
#include "base/clock.h"
#include "base/text.h"
#include "cli/demo.h"
#include "rules/identifier.h"

const char *const demo_codes[DEMO_OPERATORS] = {"harbour", "kite", "heron"};
extern const char demo_policy_harbour[], demo_policy_kite[], demo_policy_heron[];

enum { HONG_KONG = 480, HARBOUR = 0, KITE = 1, HERON = 2 };

struct name {
    const char *latin, *chinese;
};
static const struct name families[] = {
    {"CHAN", "陳"}, {"WONG", "黃"}, {"LEUNG", "梁"}, {"LAM", "林"},  {"CHEUNG", "張"},
    {"HO", "何"},   {"NG", "吳"},   {"LAU", "劉"},   {"KWOK", "郭"}, {"YIP", "葉"},
    {"TAM", "譚"},  {"CHOW", "周"}, {"TSANG", "曾"}, {"MAK", "麥"},  {"FUNG", "馮"},
};
static const struct name given[] = {
    {"Tai Man", "大文"},   {"Siu Ling", "小玲"}, {"Ka Yan", "嘉欣"},    {"Wing Yi", "詠怡"},
    {"Chi Keung", "志強"}, {"Mei Fong", "美芳"}, {"Hoi Ching", "凱晴"}, {"Kwok Wai", "國偉"},
    {"Yuk Lan", "玉蘭"},   {"Tsz Him", "子謙"},  {"Pui Shan", "佩珊"},  {"Chun Kit", "俊傑"},
};
static const char *const first_names[] = {"Maria", "Joseph", "Anita", "Daniel", "Rosa", "Imran"};
static const char *const last_names[] = {"Santos", "Gurung", "Novak", "Okafor", "Rivera", "Khan"};
static const char *const words_of[] = {"lantern", "ferry",   "orchid", "typhoon",
                                       "bamboo",  "harvest", "pepper", "kettle",
                                       "marble",  "saddle",  "willow", "copper"};
enum {
    FAMILIES = sizeof families / sizeof *families,
    GIVEN = sizeof given / sizeof *given,
    FIRST = sizeof first_names / sizeof *first_names,
    LAST = sizeof last_names / sizeof *last_names,
    WORDS = sizeof words_of / sizeof *words_of,
};

enum trait {
    NO_EMAIL = 1 << 0,
    YOUNG_SIM = 1 << 1,
    YOUNG_EMAIL = 1 << 2,
    COMPANY = 1 << 3,
    NO_CREDIT = 1 << 4,
    EXPIRED = 1 << 5,
    MAINLAND = 1 << 6,
    PASSPORT = 1 << 7,
    REGISTERED = 1 << 8,
    AS_BEFORE = 1 << 9, /* the same person as the one before */
    NO_CHINESE = 1 << 10,
    MINOR = 1 << 11, /* twelve years old, with an endorsing adult */
};

static const struct {
    int operator;
    unsigned traits;
    const char *story;
} stories[] = {
    {HARBOUR, REGISTERED, "Has an account; paid and promotional credit; e-mail known for long"},
    {KITE, REGISTERED, "The same at the other operator, whose rules differ"},
    {HARBOUR, REGISTERED | NO_EMAIL,
     "No e-mail is registered with the line: the confirmation "
     "goes to the line itself"},
    {KITE, REGISTERED, "Has two lines: this is the first"},
    {KITE, REGISTERED | AS_BEFORE, "Has two lines: this is the second, in the same account"},
    {HARBOUR, REGISTERED | YOUNG_SIM, "The SIM was changed three days ago: more must be proved"},
    {KITE, REGISTERED | YOUNG_EMAIL,
     "The e-mail is two days old: it may not receive the "
     "confirmation"},
    {HARBOUR, COMPANY,
     "A company's line; nobody has an account for it yet. Only the document of its responsible "
     "person counts"},
    {HARBOUR, NO_CREDIT, "No account yet, no credit: register with number and SIM"},
    {KITE, MAINLAND, "No account yet; a resident identity card of the Mainland"},
    {KITE, REGISTERED | EXPIRED, "The validity ended a month ago; paid credit is left"},
    {HARBOUR, PASSPORT | NO_CHINESE, "No account yet; a passport, and no Chinese name"},
    {HARBOUR, MINOR,
     "No account yet; registered for a child of twelve. Only the document of the adult who "
     "registered it counts"},
    {KITE, MINOR,
     "No account yet; registered for a child of twelve. Only the document of the adult who "
     "registered it counts"},
    {KITE, COMPANY,
     "A company's line; nobody has an account for it yet. Only the document of its responsible "
     "person counts"},
    {HERON, REGISTERED,
     "Has an account at the operator that pays all paid credit out, free of charge, and keeps "
     "none"},
    {HERON, NO_CREDIT, "No account yet, no credit: register with number and SIM"},
};
enum { STORIES = sizeof stories / sizeof *stories };

const char *demo_policy(int operator) {
    static const char *const policies[DEMO_OPERATORS] = {demo_policy_harbour, demo_policy_kite,
                                                         demo_policy_heron};
    assert(operator>= 0 && operator<DEMO_OPERATORS);
    return policies[operator];
}

void demo_random(const struct demo *demo, const char *purpose, int64_t number, uint8_t bytes[32]) {
    uint8_t key[32] = "ringoff demo";
    char text[80];
    memcpy(key + 16, &demo->seed, sizeof demo->seed);
    int length = snprintf(text, sizeof text, "%s %" PRId64, purpose, number);
    secret_hash(key, text, (size_t)length, bytes);
}

/* A number below most out of the k-th four of the bytes. */
static uint32_t pick(const uint8_t bytes[32], unsigned k, uint32_t most) {
    uint32_t number;
    assert(k < 8 && most);
    memcpy(&number, bytes + 4 * (size_t)k, sizeof number);
    return number % most;
}

/* A permutation of the numbers below a million, so that no two lines get the same. */
static uint32_t scattered(const struct demo *demo, int64_t i, uint64_t step) {
    return (uint32_t)(((uint64_t)i * step + (uint64_t)demo->seed % 1000000 + 314159) % 1000000);
}

static int64_t days_ago(int64_t now, uint32_t days) {
    return civil_midnight(now - (int64_t)days * DAY, HONG_KONG);
}

static void name_make(const uint8_t bytes[32], unsigned traits, struct line_import *line) {
    if (traits & COMPANY) {
        const struct name *family = &families[pick(bytes, 0, FAMILIES)];
        snprintf(line->name, sizeof line->name, "%c%s Trading Company Limited", family->latin[0],
                 "un Hing");
        snprintf(line->name_zh, sizeof line->name_zh, "%s興貿易有限公司", family->chinese);
    } else if (traits & NO_CHINESE) {
        snprintf(line->name, sizeof line->name, "%s %s", last_names[pick(bytes, 0, LAST)],
                 first_names[pick(bytes, 1, FIRST)]);
    } else {
        const struct name *family = &families[pick(bytes, 0, FAMILIES)];
        const struct name *own = &given[pick(bytes, 1, GIVEN)];
        snprintf(line->name, sizeof line->name, "%s %s", family->latin, own->latin);
        snprintf(line->name_zh, sizeof line->name_zh, "%s%s", family->chinese, own->chinese);
    }
}

static void document_make(const struct demo *demo, int64_t i, const uint8_t bytes[32],
                          unsigned traits, struct line_import *line) {
    static const char *const letters[] = {"A", "C", "D", "G", "K", "R", "Y", "Z"};
    uint32_t number = scattered(demo, i, 104729) % 1000000;
    char birth[32], region[16];
    const char *type = "hkid";
    bool made = true;
    snprintf(birth, sizeof birth, "%04u%02u%02u", 1950u + pick(bytes, 2, 55),
             1 + pick(bytes, 3, 12), 1 + pick(bytes, 4, 28));
    snprintf(line->birth, sizeof line->birth, "%.4s-%.2s-%.2s", birth, birth + 4, birth + 6);
    if (traits & COMPANY) {
        type = "business_registration";
        line->birth[0] = '\0';
        snprintf(line->document, sizeof line->document, "7%07u", number);
    } else if (traits & MAINLAND) {
        type = "resident_id";
        snprintf(region, sizeof region, "44%02u%02u", 1 + number / 1000 % 9, 1 + number % 20);
        made = resident_id_make(region, birth, number / 20 % 1000, line->document);
    } else if (traits & PASSPORT) {
        type = "passport";
        snprintf(line->document, sizeof line->document, "P%06uB", number);
    } else {
        made = hkid_make(letters[pick(bytes, 5, 8)], number, line->document);
    }
    assert(made);
    (void)made;
    memcpy(line->document_type, type, strlen(type) + 1);
}

/* Who stands beside: the adult of a child, the responsible person of a company. */
static void second_make(const struct demo *demo, int64_t i, unsigned traits,
                        struct line_import *line) {
    uint8_t bytes[32];
    struct line_import other = {.kind = SUBSCRIBER_PERSON};
    if (!(traits & (MINOR | COMPANY)))
        return;
    demo_random(demo, "second", i, bytes);
    name_make(bytes, 0, &other);
    line->second_role = traits & MINOR ? SECOND_ENDORSING_ADULT : SECOND_RESPONSIBLE_PERSON;
    memcpy(line->second_name, other.name, sizeof line->second_name);
    memcpy(line->second_name_zh, other.name_zh, sizeof line->second_name_zh);
    snprintf(line->second_birth, sizeof line->second_birth, "%04u-%02u-%02u",
             1970u + pick(bytes, 2, 20), 1 + pick(bytes, 3, 12), 1 + pick(bytes, 4, 28));
    memcpy(line->second_document_type, "hkid", 5);
    bool made = hkid_make("P", scattered(demo, i, 1299709), line->second_document);
    assert(made);
    (void)made;
}

/* A child is of twelve years whenever the demo is made. */
static void child_make(int64_t now, struct line_import *line) {
    struct civil day = civil_of(now - 40 * DAY, HONG_KONG);
    unsigned in_month = day.day > 28 ? 28 : (unsigned)day.day; /* there is one in every year */
    snprintf(line->birth, sizeof line->birth, "%04u-%02u-%02u", (unsigned)(day.year - 12) % 10000u,
             (unsigned)day.month % 100u, in_month % 100u);
}

static void sim_make(const struct demo *demo, int64_t i, int operator, struct line_import * line) {
    static const char *const begins[DEMO_OPERATORS] = {"61", "66",
                                                       "54"}; /* in their number_blocks */
    uint32_t number = scattered(demo, i, 7919);
    char digits[32];
    snprintf(line->number, sizeof line->number, "+852%s%06u", begins[operator], number);
    snprintf(digits, sizeof digits, "89852%02d%05u%06u",
             41 + operator,(unsigned) demo->seed % 100000u, number);
    bool made = iccid_make(digits, line->iccid);
    assert(made);
    (void)made;
    snprintf(line->imsi, sizeof line->imsi, "4540%u%03u%07u",
             3u + (unsigned)operator,(unsigned) demo->seed % 1000u, number % 10000000u);
}

static void terms_make(const uint8_t bytes[32], unsigned traits, int64_t now,
                       struct line_import *line) {
    static const char *const plans[] = {"Prepaid 30", "Prepaid 365", "Data Pack", "Visitor"};
    uint32_t age = 120 + pick(bytes, 6, 1200);
    line->activated_at = days_ago(now, age);
    line->sim_since = traits & YOUNG_SIM ? days_ago(now, 3) : line->activated_at;
    line->expires_at = traits & EXPIRED ? days_ago(now, 30) : days_ago(now, 0) + 300 * DAY;
    snprintf(line->plan, sizeof line->plan, "%s", plans[pick(bytes, 7, 4)]);
    if (!(traits & NO_CREDIT)) {
        line->paid_minor = 100 * (1 + pick(bytes, 3, 400)) + 10 * pick(bytes, 4, 10);
        line->promotional_minor = pick(bytes, 5, 3) ? 100 * pick(bytes, 2, 60) + 500 : 0;
    }
    line->kind = traits & COMPANY ? SUBSCRIBER_COMPANY : SUBSCRIBER_PERSON;
}

static unsigned traits_of(const uint8_t bytes[32]) {
    unsigned traits = 0;
    traits |= pick(bytes, 0, 4) == 0 ? NO_EMAIL : 0;
    traits |= pick(bytes, 1, 5) == 0 ? NO_CREDIT : 0;
    traits |= pick(bytes, 2, 25) == 0 ? COMPANY : 0;
    traits |= pick(bytes, 3, 12) == 0 ? MAINLAND : 0;
    traits |= pick(bytes, 4, 12) == 0 ? NO_CHINESE | PASSPORT : 0;
    traits |= pick(bytes, 5, 30) == 0 ? EXPIRED : 0;
    traits |= pick(bytes, 6, 30) == 0 ? YOUNG_SIM : 0;
    return traits;
}

static void contact_make(const struct line_import *line, int64_t who, struct demo_person *person) {
    char name[64];
    size_t length = 0;
    for (const char *at = line->name; *at && length < 24; at++)
        if (*at != ' ' || (length && name[length - 1] != '.'))
            name[length++] = *at == ' ' ? '.' : *at;
    name[length] = '\0';
    text_lower(name);
    snprintf(person->email, sizeof person->email, "%s.%" PRId64 "@example.com", name, who + 1);
}

void demo_person_make(const struct demo *demo, int64_t i, int64_t now, struct demo_person *person) {
    static const char *const languages[] = {"zh-Hant-HK", "zh-Hans-CN", "en"};
    uint8_t bytes[32], more[32];
    bool told = i < STORIES;
    unsigned traits;
    memset(person, 0, sizeof *person);
    demo_random(demo, "traits", i, more);
    traits = told ? stories[i].traits : traits_of(more);
    person->operator= told ? stories[i].operator: (int)(i % DEMO_OPERATORS);
    person->story = told ? stories[i].story : "";
    person->registered = traits & REGISTERED;
    int64_t who = traits & AS_BEFORE ? i - 1 : i;
    struct line_import *line = &person->line;
    demo_random(demo, "person", who, bytes);
    name_make(bytes, traits, line);
    document_make(demo, who, bytes, traits, line);
    second_make(demo, who, traits, line);
    if (traits & MINOR)
        child_make(now, line);
    contact_make(line, who, person);
    demo_random(demo, "line", i, bytes);
    sim_make(demo, i, person->operator, line);
    terms_make(bytes, traits, now, line);
    snprintf(line->language, sizeof line->language, "%s",
             languages[traits & NO_CHINESE ? 2
                       : traits & MAINLAND ? 1
                                           : pick(bytes, 0, 3) == 2]);
    if (!(traits & NO_EMAIL)) {
        memcpy(line->email, person->email, sizeof line->email);
        line->email_since = traits & YOUNG_EMAIL ? days_ago(now, 2) : line->activated_at;
    }
    demo_random(demo, "password", who, bytes);
    if (person->registered)
        snprintf(person->password, sizeof person->password, "%s-%s-%04u",
                 words_of[pick(bytes, 0, WORDS)], words_of[pick(bytes, 1, WORDS)],
                 pick(bytes, 2, 10000));
}
