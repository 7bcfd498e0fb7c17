/* ringoff import lines, import charges FILE.csv: reads as the file streams, gives up to 256 rows at
 * once to a committer of its own, and writes what was refused to FILE.rejects.csv. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/import_charge.h"
#include "cli/import_row.h"
#include "cli/installation.h"
#include "cli/jobs.h"

enum { ORIGINAL_CEILING = 3 * CSV_ROW_MAX, NAME = 4096, SAY_EVERY = 100000 };

enum { IMPORT_SHIFT = OPTION_OWN, IMPORT_DRY };

struct asked {
    struct common common;
    const char *file;
    int64_t shift; /* seconds */
    bool dry;      /* look at the rows, bring in nothing */
};

/* One row on its way; what was refused before it was given has a fault already. */
struct slot {
    union {
        struct import_row line;
        struct charge_row charge;
    } row;
    struct job job;
    struct import_fault fault;
    struct buffer original; /* as CSV, for the rejects */
    int64_t line;
    bool given, good; /* good: of a dry run, it would be given */
};

struct importing;
/* What is brought in. */
struct import_form {
    const struct csv_column *columns;
    size_t count;
    bool in_order; /* one row may depend on an earlier one: a single worker takes them */
    /* Makes the slot's row and job; false with its fault, or with im->down. */
    bool (*read)(struct importing *im, struct slot *slot, int64_t *operator);
    const char *(*column)(enum refusal refusal);
};

struct importing {
    const struct asked *asked;
    const struct import_form *form;
    struct house house;
    struct store *reader;
    struct committer *committer;
    const struct tenants *tenants;
    struct jobs jobs;
    struct csv csv;
    FILE *file, *rejects;
    char rejects_name[NAME], why[INSTALLATION_WHY];
    struct buffer header;
    struct slot slots[JOBS_WINDOW];
    size_t count;
    int64_t rows, imported, unchanged, rejected, said;
    bool down;
};

static error_t option(int key, char *argument, struct argp_state *state) {
    struct asked *asked = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &asked->common;
        return 0;
    case ARGP_KEY_ARG:
        if (asked->file)
            return ARGP_ERR_UNKNOWN;
        asked->file = argument;
        return 0;
    case IMPORT_SHIFT:
        if (!number_read(argument, 0, INT64_C(315360000), &asked->shift))
            argp_error(state, "--clock-shift: seconds, at most ten years");
        return 0;
    case IMPORT_DRY:
        asked->dry = true;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which FILE.csv?");
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option options[] = {
    {"clock-shift", IMPORT_SHIFT, "SECONDS", 0,
     "Let the clock run ahead by so much, as serve does (demo installations only)", 1},
    {"dry-run", IMPORT_DRY, NULL, 0,
     "Only look at the rows and say what is wrong with them; bring in nothing", 1},
    {0},
};
static const struct argp_child children[] = {{&common_argp, 0, NULL, 90}, {0}};

#define IMPORT_RULES                                                                               \
    "What cannot be taken goes to FILE.csv.rejects.csv with line number, column and reason. "      \
    "It is safe to run again: rows that are in already count as unchanged. Where the database is " \
    "the SQLite file, no server may run meanwhile; with PostgreSQL servers may go on.\n\nExit "    \
    "code 1: some rows were rejected.\n\n" EXIT_HELP

static const struct argp argp_lines = {
    .options = options,
    .parser = option,
    .args_doc = "FILE.csv",
    .doc =
        "Brings in lines: each row with its registration, SIM, number, contact and credit, whole "
        "or not at all."
        "\vThe first row names the columns, in any order: operator, number, iccid, imsi, "
        "sim_since, plan, activated_on, expires_on, paid_credit, promotional_credit, "
        "subscriber_kind (person or company), name_latin, name_chinese, birth_date, "
        "document_type (hkid, resident_id, home_return_permit, exit_entry_permit, taiwan_permit, "
        "passport, business_registration, other), document_number, email, email_since, language. "
        "Who stands beside them: second_role (endorsing_adult of a person under 16, "
        "responsible_person of a company), second_name_latin, second_name_chinese, "
        "second_birth_date, second_document_type, second_document_number; a file that has "
        "second_role must say it of each of them, a file without it says nothing of them. "
        "UTF-8; dates as 2026-11-22, in the operator's time; amounts as 12.50. A line that is in "
        "already gets the credit that its row says: where the charging system tells its charges, "
        "leave those lines out.\n\n" IMPORT_RULES,
    .children = children,
};
static const struct argp argp_charges = {
    .options = options,
    .parser = option,
    .args_doc = "FILE.csv",
    .doc =
        "Brings in what the charging system tells: top-ups, what was used, promotional credit "
        "that was given. Each transaction is booked once, over the API or by a file."
        "\vThe first row names the columns, in any order: operator (may be left out where there is "
        "one only), transaction (the charging system's own name for it), kind (top_up, spent or "
        "grant), number, amount, currency, at (2026-11-22T14:03:00+08:00), credit (of spent: paid "
        "or promotional), channel (of a top-up: voucher, counter, online or auto), payment (of a "
        "top-up: the payment provider's name for it, so that it can be paid back there). Instead "
        "of a number a row may have the line's id in the column line; it must for a line that no "
        "longer has its number. UTF-8; amounts as 12.50, never negative.\n\n" IMPORT_RULES,
    .children = children,
};

static void original_write(const struct csv *csv, struct buffer *to) {
    buffer_close(to);
    buffer_open(to, ORIGINAL_CEILING);
    for (size_t i = 0; i < csv->count; i++) {
        buffer_add(to, ",", 1);
        csv_write(to, csv->field[i], csv->length[i]);
    }
}

static bool rejects_open(struct importing *im) {
    if (im->rejects)
        return true;
    im->rejects = fopen(im->rejects_name, "wex");
    if (!im->rejects) {
        snprintf(im->why, sizeof im->why, "%.300s: %s", im->rejects_name, strerror(errno));
        return false;
    }
    fprintf(im->rejects, "line,field,reason%s\n", im->header.data ? im->header.data : "");
    return true;
}

static bool reject(struct importing *im, const struct slot *slot) {
    struct buffer text;
    im->rejected++;
    if (!rejects_open(im))
        return false;
    buffer_open(&text, 4096);
    csv_write(&text, slot->fault.column, strlen(slot->fault.column));
    buffer_add(&text, ",", 1);
    csv_write(&text, slot->fault.why, strlen(slot->fault.why));
    fprintf(im->rejects, "%" PRId64 ",%s%s\n", slot->line, text.data ? text.data : "",
            slot->original.data ? slot->original.data : "");
    buffer_close(&text);
    return !ferror(im->rejects);
}

/* Waits for the window and counts it, in the order of the file. */
static bool window_end(struct importing *im) {
    bool good = true;
    jobs_wait(&im->jobs);
    for (size_t i = 0; i < im->count && good; i++) {
        struct slot *slot = &im->slots[i];
        const struct job *job = &slot->job;
        if (slot->given && job->down) {
            im->down = true;
            good = false;
            snprintf(im->why, sizeof im->why,
                     "the database takes no more (is the disk full?); run the import again");
        } else if (slot->good || (slot->given && job->refusal == ACCEPTED)) {
            im->imported++;
        } else if (slot->given && job->refusal == REFUSED_UNCHANGED) {
            im->unchanged++;
        } else {
            if (slot->given) {
                const struct refusal_about *about = refusal_about(job->refusal);
                slot->fault.column = im->form->column(job->refusal);
                snprintf(slot->fault.why, sizeof slot->fault.why, "%s: %s", about->code,
                         about->title);
            }
            good = reject(im, slot);
        }
    }
    im->count = 0;
    return good;
}

static void progress(struct importing *im, bool last) {
    bool terminal = isatty(STDERR_FILENO);
    if (last || (!terminal && im->rows - im->said < SAY_EVERY))
        return;
    im->said = im->rows;
    fprintf(stderr,
            "%s%" PRId64 " rows, %" PRId64 " in, %" PRId64 " unchanged, %" PRId64 " rejected%s",
            terminal ? "\r" : "", im->rows, im->imported, im->unchanged, im->rejected,
            terminal ? "" : "\n");
}

static bool line_read(struct importing *im, struct slot *slot, int64_t *operator) {
    struct import_row *row = &slot->row.line;
    bool good = import_row_read(&im->csv, im->tenants, clock_now(), row, &slot->fault);
    *operator= row->operator;
    slot->job = (struct job){.verb = &line_import_verb, .input = &row->input};
    return good;
}

static bool charge_read(struct importing *im, struct slot *slot, int64_t *operator) {
    const struct charge_house house = {.tenants = im->tenants,
                                       .engine = im->house.engine,
                                       .reader = im->reader,
                                       .secrets = &im->house.secrets,
                                       .now = clock_now()};
    struct charge_row *row = &slot->row.charge;
    bool good = charge_row_read(&im->csv, &house, row, &slot->fault, &im->down);
    *operator= row->operator;
    slot->job = (struct job){.verb = row->verb, .input = &row->input};
    return good;
}

static const struct import_form lines_form = {import_columns, COLUMN_COUNT, false, line_read,
                                              import_refusal_column};
static const struct import_form charges_form = {charge_columns, CHARGE_COLUMN_COUNT, true,
                                                charge_read, charge_refusal_column};

/* Reads the row and gives it to the committer. */
static void row_give(struct importing *im, struct slot *slot) {
    int64_t operator;
    if (!im->form->read(im, slot, &operator))
        return;
    slot->good = im->asked->dry;
    if (slot->good)
        return;
    slot->given = jobs_give(&im->jobs, &slot->job, operator, NULL);
    im->down = !slot->given;
}

static bool row_take(struct importing *im, enum csv_result result) {
    struct slot *slot = &im->slots[im->count++];
    im->rows++;
    slot->line = im->csv.line;
    slot->given = slot->good = false;
    if (result == CSV_BAD_ROW) {
        buffer_close(&slot->original);
        buffer_open(&slot->original, ORIGINAL_CEILING);
        for (size_t i = 0; i < im->csv.width; i++)
            buffer_add(&slot->original, ",", 1); /* its columns are not to be trusted */
        slot->fault.column = "";
        snprintf(slot->fault.why, sizeof slot->fault.why, "%s", csv_fault_text(im->csv.fault));
    } else {
        original_write(&im->csv, &slot->original);
        row_give(im, slot);
    }
    if (im->down)
        snprintf(im->why, sizeof im->why, "the committer takes no more; run the import again");
    if (im->count < JOBS_WINDOW)
        return !im->down;
    bool good = window_end(im);
    progress(im, false);
    return good && !im->down;
}

static bool header_read(struct importing *im) {
    char why[160];
    enum csv_result result = csv_next_from(&im->csv, im->file);
    if (result != CSV_ROW) {
        snprintf(im->why, sizeof im->why, "%.200s: the first row must name the columns%s%s",
                 im->asked->file, result == CSV_BAD_ROW ? ": " : "",
                 result == CSV_BAD_ROW ? csv_fault_text(im->csv.fault) : "");
        return false;
    }
    original_write(&im->csv, &im->header);
    if (csv_header(&im->csv, im->form->columns, im->form->count, why))
        return true;
    snprintf(im->why, sizeof im->why, "%.200s: %s", im->asked->file, why);
    return false;
}

static bool rows_read(struct importing *im) {
    for (;;) {
        enum csv_result result = csv_next_from(&im->csv, im->file);
        if (result == CSV_UNREADABLE)
            snprintf(im->why, sizeof im->why, "%.200s: %s", im->asked->file, strerror(errno));
        if (result == CSV_END || result == CSV_UNREADABLE)
            return window_end(im) && result == CSV_END;
        if (!row_take(im, result))
            return false;
    }
}

/* The clock as the demo's server had it, for what lies in that server's past is in ours too. */
static bool clock_ahead(struct importing *im) {
    struct store *store = installation_reader(&im->house, im->why);
    bool demo = store && store_is_demo(im->house.engine, store);
    if (store)
        im->house.engine->close(store);
    if (demo)
        clock_shift(im->asked->shift * SECOND);
    else if (store)
        snprintf(im->why, sizeof im->why, "--clock-shift is for demo installations only");
    return demo;
}

static bool import_open(struct importing *im, int *code) {
    bool locked = false;
    *code = EXIT_FAULT;
    if (!installation_open(&im->house, im->asked->common.data, im->why) ||
        (im->asked->shift && !clock_ahead(im)))
        return false;
    im->file = fopen(im->asked->file, "re");
    int length = snprintf(im->rejects_name, NAME, "%s.rejects.csv", im->asked->file);
    if (!im->file || length >= NAME) {
        snprintf(im->why, sizeof im->why, "%.300s: %s", im->asked->file, strerror(errno));
        return false;
    }
    if (im->form->in_order)
        im->house.settings.committers = 1;
    im->committer = installation_committer(&im->house, &locked, im->why);
    if (locked) {
        *code = EXIT_BUSY;
        snprintf(im->why, sizeof im->why,
                 "a server (or another import) is writing to this database: stop it, import, and "
                 "start it again");
    }
    im->reader = im->committer ? installation_reader(&im->house, im->why) : NULL;
    if (!im->reader)
        return false;
    if (unlink(im->rejects_name) != 0 && errno != ENOENT) { /* of an earlier run */
        snprintf(im->why, sizeof im->why, "%.300s: %s", im->rejects_name, strerror(errno));
        return false;
    }
    im->tenants = committer_tenants(im->committer);
    jobs_open(&im->jobs, im->committer, &im->house.secrets);
    csv_open(&im->csv);
    *code = EXIT_USAGE;
    return header_read(im);
}

static void import_close(struct importing *im) {
    if (im->tenants) {
        jobs_wait(&im->jobs);
        jobs_close(&im->jobs);
        committer_tenants_release(im->committer, im->tenants);
    }
    if (im->committer)
        committer_stop(im->committer);
    if (im->reader)
        im->house.engine->close(im->reader);
    if (im->file)
        fclose(im->file);
    for (size_t i = 0; i < JOBS_WINDOW; i++)
        buffer_close(&im->slots[i].original);
    buffer_close(&im->header);
    installation_close(&im->house);
    explicit_bzero(im->slots, sizeof im->slots);
}

static void summary(const struct importing *im) {
    if (isatty(STDERR_FILENO))
        fputc('\n', stderr);
    if (im->asked->common.json)
        printf("{\"rows\":%" PRId64 ",\"imported\":%" PRId64 ",\"unchanged\":%" PRId64
               ",\"rejected\":%" PRId64 "}\n",
               im->rows, im->imported, im->unchanged, im->rejected);
    else
        printf("%" PRId64 " rows: %" PRId64 " imported, %" PRId64 " unchanged, %" PRId64
               " rejected%s%s\n",
               im->rows, im->imported, im->unchanged, im->rejected, im->rejected ? ", see " : "",
               im->rejected ? im->rejects_name : "");
}

static int import_run(const struct command *command, const struct argp *argp,
                      const struct import_form *form, int argc, char **argv) {
    struct asked asked = {0};
    common_open(&asked.common);
    if (!command_parse(command, argp, argc, argv, &asked))
        return EXIT_USAGE;
    struct importing *im = calloc(1, sizeof *im);
    int code = EXIT_FAULT;
    if (!im) {
        command_say("out of memory");
        return code;
    }
    im->asked = &asked;
    im->form = form;
    buffer_open(&im->header, ORIGINAL_CEILING);
    bool good = import_open(im, &code);
    if (good) {
        good = rows_read(im);
        jobs_wait(&im->jobs);
        code = !good          ? (im->down ? EXIT_BUSY : EXIT_FAULT)
               : im->rejected ? EXIT_REFUSED
                              : EXIT_DONE;
        summary(im);
    }
    if (im->rejects && fclose(im->rejects) != 0) {
        good = false;
        code = EXIT_FAULT;
        snprintf(im->why, sizeof im->why, "%.300s cannot be written", im->rejects_name);
    }
    if (!good)
        command_say("%s", im->why);
    import_close(im);
    free(im);
    return code;
}

int import_lines_run(const struct command *command, int argc, char **argv) {
    return import_run(command, &argp_lines, &lines_form, argc, argv);
}

int import_charges_run(const struct command *command, int argc, char **argv) {
    return import_run(command, &argp_charges, &charges_form, argc, argv);
}
