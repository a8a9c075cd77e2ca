/* temp.h - a directory of its own for each test, and commands. */
#ifndef CF_TESTS_TEMP_H
#define CF_TESTS_TEMP_H

/* Set-up and tear-down for cmocka: a new empty directory becomes the current
 * one, and is removed with all in it. */
int temp_enter(void **state);
int temp_leave(void **state);

/* Writes a file. */
void temp_put(const char *name, const char *text);

/* Does what the shell script says; returns its exit status. */
int temp_run(const char *script);

#endif
