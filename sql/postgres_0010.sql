-- Ringoff's schema, version 10, for PostgreSQL: the bytes of documents that were sent, sealed.

-- One row a document, with its id; emptied when the document is erased.
CREATE TABLE document_content (
    id BIGINT PRIMARY KEY,
    operator BIGINT NOT NULL,
    content BYTEA NOT NULL
);

-- Sealed bytes do not compress, and a piece of what is not compressed is read alone.
ALTER TABLE document_content ALTER COLUMN content SET STORAGE EXTERNAL;
