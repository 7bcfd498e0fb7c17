#include "base/civil.h"

#include <string.h>

enum { MS_A_DAY = 24 * 60 * 60 * 1000 };

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

int64_t civil_days(int year, int month, int day) {
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t era = floor_div(y, 400);
    int64_t of_era = y - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

struct civil civil_of(int64_t instant, int offset_minutes) {
    int64_t local = instant + (int64_t)offset_minutes * 60000;
    int64_t days = floor_div(local, MS_A_DAY);
    int64_t rest = (local - days * MS_A_DAY) / 1000;
    int64_t z = days + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);
    return (struct civil){
        .year = (int)(yoe + era * 400 + (month <= 2)),
        .month = month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = (int)(rest / 3600),
        .minute = (int)(rest / 60 % 60),
        .second = (int)(rest % 60),
        .weekday = (int)(((days % 7) + 11) % 7),
    };
}

static int month_length(int year, int month) {
    static const int length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : length[month - 1];
}

bool civil_valid(int year, int month, int day) {
    return year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 &&
           day <= month_length(year, month);
}

int64_t civil_midnight(int64_t instant, int offset_minutes) {
    int64_t offset = (int64_t)offset_minutes * 60000;
    return floor_div(instant + offset, MS_A_DAY) * MS_A_DAY - offset;
}

int64_t civil_add_months(int64_t instant, int months, int offset_minutes) {
    struct civil c = civil_of(instant, offset_minutes);
    int64_t total = (int64_t)c.year * 12 + c.month - 1 + months;
    int year = (int)floor_div(total, 12);
    int month = (int)(total - (int64_t)year * 12) + 1;
    int last = month_length(year, month);
    int64_t days = civil_days(year, month, c.day < last ? c.day : last);
    int64_t of_day = instant - civil_midnight(instant, offset_minutes);
    return days * MS_A_DAY - (int64_t)offset_minutes * 60000 + of_day;
}

static bool digits(const char *text, int count, int *value) {
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

bool civil_parse_date(const char *text, int offset_minutes, int64_t *instant) {
    int y, m, d;
    if (strlen(text) != 10 || !digits(text, 4, &y) || text[4] != '-' || !digits(text + 5, 2, &m) ||
        text[7] != '-' || !digits(text + 8, 2, &d) || !civil_valid(y, m, d))
        return false;
    *instant = civil_days(y, m, d) * MS_A_DAY - (int64_t)offset_minutes * 60000;
    return true;
}

int civil_age(const char *birth, int64_t instant, int offset_minutes) {
    int64_t midnight;
    if (!civil_parse_date(birth, 0, &midnight))
        return -1;
    struct civil born = civil_of(midnight, 0), now = civil_of(instant, offset_minutes);
    bool before = now.month < born.month || (now.month == born.month && now.day < born.day);
    int years = now.year - born.year - before;
    return years < 0 ? -1 : years;
}

bool civil_parse_time(const char *text, int64_t *instant) {
    char date[11] = {0};
    int hour, minute, second, zone_h = 0, zone_m = 0, sign = 0;
    if (strlen(text) < 20 || (text[10] != 'T' && text[10] != 't'))
        return false;
    memcpy(date, text, 10);
    if (!civil_parse_date(date, 0, instant) || !digits(text + 11, 2, &hour) || text[13] != ':' ||
        !digits(text + 14, 2, &minute) || text[16] != ':' || !digits(text + 17, 2, &second) ||
        hour > 23 || minute > 59 || second > 59)
        return false;
    const char *zone = text + 19;
    if (strcmp(zone, "Z") != 0) {
        sign = zone[0] == '+' ? 1 : zone[0] == '-' ? -1 : 0;
        if (!sign || strlen(zone) != 6 || !digits(zone + 1, 2, &zone_h) || zone[3] != ':' ||
            !digits(zone + 4, 2, &zone_m) || zone_h > 14 || zone_m > 59)
            return false;
    }
    *instant += (hour * INT64_C(3600) + minute * 60 + second) * 1000;
    *instant -= sign * (zone_h * INT64_C(3600) + zone_m * 60) * 1000;
    return true;
}

static char *two_digits(char *text, int value) {
    text[0] = (char)('0' + value / 10 % 10);
    text[1] = (char)('0' + value % 10);
    return text + 2;
}

/* By hand: an answer has a dozen times, and printf took a tenth of a request. */
void civil_time_text(int64_t instant, char text[32]) {
    struct civil c = civil_of(instant, 0);
    int year = c.year > 0 ? c.year % 10000 : 0;
    memcpy(text, "0000-00-00T00:00:00Z", sizeof "0000-00-00T00:00:00Z");
    two_digits(two_digits(text, year / 100), year % 100);
    two_digits(text + 5, c.month);
    two_digits(text + 8, c.day);
    two_digits(text + 11, c.hour);
    two_digits(text + 14, c.minute);
    two_digits(text + 17, c.second);
}
