#include "store/statement.h"

#include <assert.h>

#include "store/statement_audit.h"
#include "store/statement_cases.h"
#include "store/statement_contacts.h"
#include "store/statement_contents.h"
#include "store/statement_documents.h"
#include "store/statement_lines.h"
#include "store/statement_money.h"
#include "store/statement_papers.h"
#include "store/statement_people.h"
#include "store/statement_second.h"
#include "store/statement_sessions.h"
#include "store/statement_suspensions.h"

const struct statement *statement_of(enum statement_id id) {
    assert(id < STATEMENT_COUNT);
    static const struct statement *const parts[] = {
        statements_audit,     statements_cases,  statements_contacts, statements_contents,
        statements_documents, statements_lines,  statements_money,    statements_papers,
        statements_people,    statements_second, statements_sessions, statements_suspensions};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i][id].name)
            return &parts[i][id];
    assert(!"a statement that is in no part of the catalogue");
    return NULL;
}
