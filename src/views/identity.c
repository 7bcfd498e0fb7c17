/* The views of identities that wait to be looked at: the queue, and one case. The registered name
 * and document number are in the answer of identity.show only, which the journal notes; what was
 * sent as a document was never checked against the original, and every one says so. */
#include <string.h>

#include "views/cases.h"

enum { QUEUE = 100 };

static const char *const roles[] = {NULL, "registered_person", "endorsing_adult",
                                    "responsible_person", view_values_end};
static const char *const formats[] = {NULL, "jpeg", "png", "pdf", view_values_end};
static const char *const decisions[] = {NULL, "accepted", "refused", view_values_end};
static const char *const reasons[] = {
    NULL,      "unreadable",   "cut_off",        "no_document", "other_document",
    "expired", "name_differs", "somebody_elses", "changed",     view_values_end};
static const char *const ways[] = {NULL, "match", "document", "original", view_values_end};
static const char *const awaited[] = {"original", "document", view_values_end};
static const char unchecked[] = "not checked against the original";

/* --- the queue --- */

struct waiting_view {
    int64_t closure, line, awaits, document, documents, since, due_at, overdue, escalated;
    char reference[REFERENCE_SIZE];
};

static const struct view_field waiting_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, waiting_view, closure), .help = "the closure"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, waiting_view, reference), .help = "what people read out"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, waiting_view, line), .help = "the line"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, waiting_view, awaits),
     .help = "a document is to be looked at, or the person has to come with the original",
     .values = awaited},
    {VIEW(VIEW_ID, VIEW_PUBLIC, waiting_view, document), .help = "the document"},
    {VIEW(VIEW_INT, VIEW_PUBLIC, waiting_view, documents), .help = "how many have come so far"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, waiting_view, since), .help = "since when it waits"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, waiting_view, due_at), .help = "by when the line must be closed"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, waiting_view, overdue), .help = "it should be closed by now"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, waiting_view, escalated), .help = "the staff were called"},
    VIEW_END,
};

static struct waiting_view waiting_of(const struct view_context *context, const struct work *work,
                                      const struct closure *closure) {
    bool waits = closure_document_waits(closure, closure_view_policy(context, closure));
    struct waiting_view view = {.closure = work->closure,
                                .line = work->line,
                                .awaits = waits,
                                .document = waits ? closure->document : 0,
                                .documents = closure->documents,
                                .since = waits ? closure->document_at : work->opened_at,
                                .due_at = work->due_at,
                                .overdue = context->now >= work->due_at,
                                .escalated = closure->escalated_at != 0};
    memcpy(view.reference, closure->reference, sizeof view.reference);
    return view;
}

/* The closures of some work items, VIEW_WANTS in one round trip; false when they cannot be read. */
static bool closures_of(struct view_context *context, const struct work *works, size_t count,
                        struct closure *closures) {
    for (size_t at = 0; at < count; at += VIEW_WANTS) {
        struct load load = view_wants(context);
        for (size_t i = at; i < count && i < at + VIEW_WANTS; i++)
            want_closure(&load, works[i].closure, &closures[i]);
        if (!view_fetch(context, &load))
            return false;
    }
    return true;
}

/* What is decided on leaves the queue, so there is no second page. */
static json_t *identity_build(struct view_context *context, int64_t id) {
    struct key key = {.limit = QUEUE};
    struct work works[QUEUE];
    size_t shown = 0;
    (void)id;
    if (!context->policy)
        return NULL;
    size_t count = view_read(context, WORK_IDENTITY_OPEN, key, works, QUEUE);
    struct closure *closures = arena_take(context->arena, (count + 1) * sizeof *closures);
    struct waiting_view *items = arena_take(context->arena, (count + 1) * sizeof *items);
    if (!closures || !items || !closures_of(context, works, count, closures)) {
        context->down = true;
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        if (closures[i].id)
            items[shown++] = waiting_of(context, &works[i], &closures[i]);
    return view_page(context, waiting_fields, items, shown, sizeof *items, 0);
}

const struct view identity_view = {
    .name = "identity",
    .help = "Identities that wait to be looked at, the most urgent first, 100 at most",
    .who = ACTOR_STAFF,
    .scope = "identity:read",
    .list = true,
    .fields = waiting_fields,
    .build = identity_build,
};

/* --- one case --- */

struct document_view {
    int64_t id, received_at, format, size, decided_at, decision, reason, kept_until, erased_at;
    const char *checked;
};

static const struct view_field document_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, document_view, id), .help = "the document's id"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, document_view, received_at), .help = "when it came"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, document_view, format), .help = "jpeg, png or pdf",
     .values = formats},
    {VIEW(VIEW_INT, VIEW_PUBLIC, document_view, size), .help = "its size in bytes"},
    {VIEW(VIEW_WORDS, VIEW_PUBLIC, document_view, checked),
     .help = "a picture is not the original, and was not compared with it"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, document_view, decided_at), .help = "when it was decided on"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, document_view, decision), .help = "accepted or refused",
     .values = decisions},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, document_view, reason), .help = "why it was refused",
     .values = reasons},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, document_view, kept_until), .help = "until when it is kept"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, document_view, erased_at), .help = "when it was erased"},
    VIEW_END,
};

struct case_view {
    int64_t closure, line, role, identity_by, submitted_at, due_at, overdue, documents_left;
    char reference[REFERENCE_SIZE];
    char name[NAME_SIZE], name_zh[NAME_SIZE], document_type[CODE_SIZE], document[DOCUMENT_SIZE];
    struct view_list documents;
};

static const struct view_field case_fields[] = {
    {VIEW(VIEW_ID, VIEW_PUBLIC, case_view, closure), .help = "the closure"},
    {VIEW(VIEW_TEXT, VIEW_PUBLIC, case_view, reference), .help = "what people read out"},
    {VIEW(VIEW_ID, VIEW_PUBLIC, case_view, line), .help = "the line"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, case_view, submitted_at), .help = "when the clock began"},
    {VIEW(VIEW_TIME, VIEW_PUBLIC, case_view, due_at), .help = "by when the line must be closed"},
    {VIEW(VIEW_BOOL, VIEW_PUBLIC, case_view, overdue), .help = "it should be closed by now"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, case_view, role), .help = "whose document it must be",
     .values = roles},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, case_view, name),
     .help = "the registered name; only in the answer of identity.show, and so below"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, case_view, name_zh), .help = "the registered Chinese name"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, case_view, document_type), .help = "the registered document"},
    {VIEW(VIEW_TEXT, VIEW_PERSONAL, case_view, document), .help = "its number"},
    {VIEW(VIEW_CHOICE, VIEW_PUBLIC, case_view, identity_by),
     .help = "how it was accepted; document: "
             "not checked against the original",
     .values = ways},
    {VIEW(VIEW_LIST, VIEW_PUBLIC, case_view, documents), .help = "what was sent",
     .fields = document_fields},
    {VIEW(VIEW_INT, VIEW_PUBLIC, case_view, documents_left), .help = "how many more can be sent"},
    VIEW_END,
};

struct case_rows {
    struct closure closure;
    struct registered registered;
    struct document_row documents[DOCUMENTS_A_CLOSURE];
};

/* Who the picture must show: whose number was given when it was submitted. */
static void person_fill(struct case_view *view, const struct case_rows *rows) {
    const struct subscriber *subscriber = &rows->registered.subscriber;
    const struct second_person *second = &rows->registered.second;
    bool other = rows->closure.matched_role > MATCHED_OWN && second->id;
    memcpy(view->name, other ? second->name : subscriber->name, sizeof view->name);
    memcpy(view->name_zh, other ? second->name_zh : subscriber->name_zh, sizeof view->name_zh);
    memcpy(view->document_type, other ? second->document_type : subscriber->document_type,
           sizeof view->document_type);
    memcpy(view->document, other ? second->document : subscriber->document, sizeof view->document);
}

static struct view_list documents_of(const struct case_rows *rows, const struct policy *policy,
                                     struct document_view views[DOCUMENTS_A_CLOSURE]) {
    size_t count = 0;
    for (size_t i = 0; i < DOCUMENTS_A_CLOSURE; i++) {
        const struct document_row *row = &rows->documents[i];
        if (!row->id)
            continue;
        views[count++] = (struct document_view){
            .id = row->id,
            .received_at = row->received_at,
            .format = row->type,
            .size = row->size,
            .decided_at = row->decided_at,
            .decision = row->decision,
            .reason = row->reason,
            .kept_until = closure_document_until(&rows->closure, row, policy),
            .erased_at = row->erased_at,
            .checked = unchecked};
    }
    return (struct view_list){views, count, sizeof *views};
}

static json_t *case_build(struct view_context *context, int64_t id) {
    struct case_rows *rows = arena_take(context->arena, sizeof *rows);
    struct document_view documents[DOCUMENTS_A_CLOSURE];
    struct load load = view_wants(context);
    if (!rows || !context->policy) {
        context->down = !rows;
        return NULL;
    }
    want_closure(&load, id, &rows->closure);
    want_documents(&load, id, rows->documents);
    if (!view_fetch(context, &load) || !rows->closure.id)
        return NULL;
    const struct closure *closure = &rows->closure;
    const struct policy *policy = closure_view_policy(context, closure);
    struct case_view view = {.closure = closure->id,
                             .line = closure->line,
                             .role = closure->matched_role,
                             .identity_by = closure->identity_by,
                             .submitted_at = closure->submitted_at,
                             .due_at = closure->due_at,
                             .overdue = closure_is_open(closure, policy) &&
                                        context->now >= closure->due_at,
                             .documents_left = closure->identity_asked == IDENTITY_DOCUMENT
                                                   ? DOCUMENTS_A_CLOSURE - closure->documents
                                                   : 0};
    memcpy(view.reference, closure->reference, sizeof view.reference);
    view.documents = documents_of(rows, policy, documents);
    context->own = context->once; /* the journal noted who asked */
    if (context->once) {
        load = view_wants(context);
        want_registered_of(&load, closure->line, &rows->registered);
        if (!view_fetch(context, &load))
            return NULL;
        person_fill(&view, rows);
    }
    return view_json(context, case_fields, &view);
}

const struct view identity_case_view = {
    .name = "identity_case",
    .help = "What was sent to prove an identity, and what was decided; no name, no number",
    .who = ACTOR_STAFF,
    .scope = "identity:read",
    .fields = case_fields,
    .build = case_build,
};
