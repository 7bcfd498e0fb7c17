/* How long the texts of rows may be: bytes, with the NUL that ends them. A part of row.h. */
#ifndef RINGOFF_ROW_SIZE_H
#define RINGOFF_ROW_SIZE_H

enum {
    NUMBER_SIZE = 20, /* "+85261234567" */
    NAME_SIZE = 200,  /* UTF-8 */
    EMAIL_SIZE = 256,
    DOCUMENT_SIZE = 40,
    ICCID_SIZE = 24,
    IMSI_SIZE = 20,
    PLAN_SIZE = 64,
    REFERENCE_SIZE = 16, /* "RO-7K3F-92QX" */
    REASON_SIZE = 1204,  /* 300 characters of any script */
    SCOPES_SIZE = 400,   /* all there are, space separated */
    CODE_SIZE = 40,      /* short stable codes: verbs, purposes, causes */
    DEVICE_SIZE = 244,   /* 60 characters of any script */
    CONTENT_KEY_SIZE = 44,
};
#endif
