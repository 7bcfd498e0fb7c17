/* What people read out and type: the reference of a closure or a refund, its status secret. All use
 * an alphabet without 0 O 1 I L U, so that nothing is mistaken for another. Reading takes what a
 * person may type: lower case, spaces, full-width forms, other dashes or none. */
#ifndef RINGOFF_REFERENCE_H
#define RINGOFF_REFERENCE_H
#include <stdbool.h>
#include <stdint.h>

#include "rules/row.h"

enum { STATUS_SECRET_SIZE = 20 }; /* "7K3F-92QX-HM4D-8VBW" */

/* "RO-7K3F-92QX" from eight random bytes; 39 bits, no secret: the caller draws again if taken. */
void reference_make(const uint8_t random[8], char reference[REFERENCE_SIZE]);
/* The stored form of a typed reference, with or without RO; false, and "", when it is none. */
bool reference_read(const char *text, char reference[REFERENCE_SIZE]);
/* The same of a refund: "RF-7K3F-92QX". Neither is read as the other. */
void refund_reference_make(const uint8_t random[8], char reference[REFERENCE_SIZE]);
bool refund_reference_read(const char *text, char reference[REFERENCE_SIZE]);
/* Sixteen letters in groups of four, 78 bits, of sixteen random or derived bytes. */
void status_secret_make(const uint8_t bytes[16], char secret[STATUS_SECRET_SIZE]);
/* The form above of a typed secret; false, and "", when it cannot be one. */
bool status_secret_read(const char *text, char secret[STATUS_SECRET_SIZE]);
#endif
