/* fd.h - what both halves of io.h do with file descriptors. */
#ifndef CF_BASE_FD_H
#define CF_BASE_FD_H

/* open(2), but never one of the descriptors 0, 1 and 2, which a caller may
 * have closed: else a message could land in a data file. -1 and errno. */
int cf_fd_open(const char *path, int flags);
/* Gives a pipe room for a frame or so (1 MiB, where the system can), so that
 * the programs at its ends wait less for each other; else does nothing. */
void cf_fd_widen(int fd);
/* Moves fd (which may be -1) above 2. */
int cf_fd_above(int fd);

#endif
