/* The one place that reads the clock. Times are milliseconds since 1970-01-01T00:00:00Z, UTC.
 * Everything above takes the time as a parameter; a demo installation may shift its clock. */
#ifndef RINGOFF_CLOCK_H
#define RINGOFF_CLOCK_H
#include <stdint.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

/* Now, with the demo's shift added. Never steps back within one process. */
int64_t clock_now(void);
/* Shifts this process's clock forward by milliseconds, not negative; demo installations only. */
void clock_shift(int64_t milliseconds);
/* A monotonic count of milliseconds, for deadlines inside the process; no relation to the day. */
int64_t clock_steady(void);
#endif
