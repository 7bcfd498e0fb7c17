-- Ringoff's schema, version 10, for SQLite: the bytes of documents that were sent, sealed.

-- One row a document, with its id; emptied when the document is erased.
CREATE TABLE document_content (
    id INTEGER PRIMARY KEY,
    operator INTEGER NOT NULL,
    content BLOB NOT NULL
) STRICT;
