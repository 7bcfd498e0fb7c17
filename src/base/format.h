/* Presentable text of money, times, counts, numbers and masked personal data, in the reader's
 * language. Pure: the UTC offset (minutes; Hong Kong 480) and the language are parameters.
 * Each function answers text owned by the arena, or NULL when the input is not valid (said per
 * function) or the arena is full. */
#ifndef RINGOFF_FORMAT_H
#define RINGOFF_FORMAT_H
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/words.h"

/* "HK$86.40", "−HK$1,286.40", "JP¥860", "XAU 1.00" of minor units in an ISO 4217 currency (three
 * capital letters, else NULL). The number of decimals is the currency's. */
const char *format_money(struct arena *arena, enum language language, int64_t minor,
                         const char *currency);
/* "HK$", "CN¥"; NULL where the code stands for it. Static. */
const char *format_currency_sign(const char *currency);
/* "3 December 2026", "2026年12月3日". NULL outside the years 1 to 9999; so below. */
const char *format_date(struct arena *arena, enum language language, int64_t instant,
                        int offset_minutes);
/* "22 November 2026, 14:03", "2026年11月22日 14:03". */
const char *format_time(struct arena *arena, enum language language, int64_t instant,
                        int offset_minutes);
/* "22 November, 14:03", "11月22日 14:03" when the instant is in the same civil year as now, else
 * as format_time. */
const char *format_time_near(struct arena *arena, enum language language, int64_t instant,
                             int64_t now, int offset_minutes);
/* "14:03". */
const char *format_clock(struct arena *arena, int64_t instant, int offset_minutes);

enum unit { UNIT_SECONDS, UNIT_MINUTES, UNIT_HOURS, UNIT_DAYS, UNIT_MONTHS, UNIT_YEARS };
/* "1 day", "90 days", "90 日", with thousands separators. NULL when negative. */
const char *format_count(struct arena *arena, enum language language, int64_t count,
                         enum unit unit);
/* A span of milliseconds in the largest whole unit up to days: "30 minutes", "24 hours" (not "1
 * day"), "90 days"; what is no whole unit as "3 hours 12 minutes", cut to the minute (below a
 * minute: to the second). NULL when negative. */
const char *format_duration(struct arena *arena, enum language language, int64_t milliseconds);
/* "1,234,567", "−12". */
const char *format_integer(struct arena *arena, int64_t value);

/* "+852 6123 4567" of an E.164 number with or without "+" (7 to 15 digits, else NULL). Countries
 * 852, 853, 86 and 1 are grouped, others stay "+4420…". */
const char *format_number(struct arena *arena, const char *number);
/* "+852 6••• ••67"; of other countries all but the last two digits is hidden. */
const char *format_number_masked(struct arena *arena, const char *number);
/* "l••••@example.com": the same length whatever was hidden. NULL when it is no address. */
const char *format_email_masked(struct arena *arena, const char *email);
/* "C••• T••• M•••" for "Chan Tai Man", "陳••" for "陳大文". NULL when empty or not UTF-8. */
const char *format_name_masked(struct arena *arena, const char *name);
/* "•••• 4321": the last four digits of an ICCID (18 to 22 digits, else NULL). */
const char *format_iccid_masked(struct arena *arena, const char *iccid);
/* "FPS •••••67" of an FPS id of 7 or 9 digits, else NULL. */
const char *format_fps_masked(struct arena *arena, const char *id);
/* "012-345-••••901": the same length whatever was hidden; NULL below 6 digits. */
const char *format_bank_masked(struct arena *arena, const char *bank, const char *branch,
                               const char *account);
/* "••••4321" of an account number, the last two when it is below 8 characters; of an IBAN the
 * country and its check digits too: "DE89 •••• 3000". NULL below 4 characters. */
const char *format_account_masked(struct arena *arena, const char *account, bool iban);
#endif
