#pragma once
#include <libpq-fe.h>

/* These fields are character literals in libpq's headers, which Swift does not import. */
static const int schemad_diag_sqlstate = PG_DIAG_SQLSTATE;
static const int schemad_diag_message = PG_DIAG_MESSAGE_PRIMARY;
static const int schemad_diag_detail = PG_DIAG_MESSAGE_DETAIL;
static const int schemad_diag_hint = PG_DIAG_MESSAGE_HINT;
