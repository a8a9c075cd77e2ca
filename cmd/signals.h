/* signals.h - a program that is ended by a signal leaves no temporary file. */
#ifndef CF_CMD_SIGNALS_H
#define CF_CMD_SIGNALS_H

enum { CF_NO_SLOT = -1 };

/* Removes the files of cf_signals_add when SIGINT, SIGTERM, SIGHUP or SIGPIPE
 * comes, then ends by that signal. */
void cf_signals_catch(void);
/* One more file to remove, up to two; NULL: none. Returns its slot. */
int cf_signals_add(const char *path);
/* It is not to be removed any more. */
void cf_signals_drop(int slot);

#endif
