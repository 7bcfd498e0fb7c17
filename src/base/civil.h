/* Days and times of day, pure: no time zone database, the offset is a parameter.
 * An instant is milliseconds since 1970-01-01T00:00:00Z. */
#ifndef RINGOFF_CIVIL_H
#define RINGOFF_CIVIL_H
#include <stdbool.h>
#include <stdint.h>

struct civil {
    int year, month, day, hour, minute, second, weekday; /* month 1-12, weekday 0 = Sunday */
};

/* The civil time of an instant at an offset from UTC in minutes (Hong Kong: 480). */
struct civil civil_of(int64_t instant, int offset_minutes);
/* Days since 1970-01-01 of a date; month 1-12. */
int64_t civil_days(int year, int month, int day);
/* True for a date that exists, in the years 1 to 9999. */
bool civil_valid(int year, int month, int day);
/* The instant of midnight at the start of the civil day of the instant. */
int64_t civil_midnight(int64_t instant, int offset_minutes);
/* The instant moved by whole months; the day is cut to the month's length. */
int64_t civil_add_months(int64_t instant, int months, int offset_minutes);
/* Parses YYYY-MM-DD into midnight UTC + offset; false when it is not such a date. */
bool civil_parse_date(const char *text, int offset_minutes, int64_t *instant);
/* Whole years of age on the civil day of the instant of who was born on YYYY-MM-DD; -1 when that is
 * no date or lies ahead. A year of age begins with its anniversary, and who was born on 29 February
 * has it on 1 March where the year has none (Hong Kong, Cap. 410 s. 5). */
int civil_age(const char *birth, int64_t instant, int offset_minutes);
/* Parses an RFC 3339 time (2026-11-22T14:03:00Z or with +08:00). */
bool civil_parse_time(const char *text, int64_t *instant);
/* Writes RFC 3339 in UTC with seconds, e.g. 2026-11-22T06:03:00Z (21 bytes with NUL). */
void civil_time_text(int64_t instant, char text[32]);
#endif
