// SPDX-License-Identifier: Apache-2.0
// Preloaded into the program: at the Nth call that changes the file system the process is killed, or
// the call fails.
//   VOLSEG_FAULT_COUNT=FILE  writes the number of such calls to FILE at the end
//   VOLSEG_KILL_AT=N         kills the process before call N; of a write, after half of it
//   VOLSEG_FAIL_AT=N         lets call N and, with VOLSEG_FAIL_ON=1, all later ones fail
//   VOLSEG_FAIL_ERRNO=E      with this errno
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_long calls;

static long setting(const char* name) {
  const char* text = getenv(name);
  return text == NULL ? 0 : atol(text);
}

static void die(void) {
  kill(getpid(), SIGKILL);
  pause();
}

// Counts a call. Returns 1 when it must fail, 2 when the process must be killed.
static int fault(void) {
  const long call = atomic_fetch_add(&calls, 1) + 1;
  const long fail_at = setting("VOLSEG_FAIL_AT");
  if (setting("VOLSEG_KILL_AT") == call) {
    return 2;
  }
  if (fail_at > 0 && (call == fail_at || (call > fail_at && setting("VOLSEG_FAIL_ON") != 0))) {
    errno = (int)setting("VOLSEG_FAIL_ERRNO");
    return 1;
  }
  return 0;
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAULT_OR(call)      \
  switch (fault()) {        \
    case 1:                 \
      return -1;            \
    case 2:                 \
      die();                \
  }                         \
  return call

ssize_t write(int file, const void* bytes, size_t count) {
  const int kind = fault();
  if (kind == 2) {
    NEXT(write)(file, bytes, count / 2);
    die();
  }
  return kind == 1 ? -1 : NEXT(write)(file, bytes, count);
}

ssize_t pwrite(int file, const void* bytes, size_t count, off_t offset) {
  const int kind = fault();
  if (kind == 2) {
    NEXT(pwrite)(file, bytes, count / 2, offset);
    die();
  }
  return kind == 1 ? -1 : NEXT(pwrite)(file, bytes, count, offset);
}

int fsync(int file) { FAULT_OR(NEXT(fsync)(file)); }
int mkdir(const char* path, mode_t mode) { FAULT_OR(NEXT(mkdir)(path, mode)); }
int rename(const char* from, const char* to) { FAULT_OR(NEXT(rename)(from, to)); }

int renameat2(int from_folder, const char* from, int to_folder, const char* to, unsigned flags) {
  FAULT_OR(NEXT(renameat2)(from_folder, from, to_folder, to, flags));
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if ((flags & O_CREAT) == 0) {
    return NEXT(open)(path, flags, mode);
  }
  FAULT_OR(NEXT(open)(path, flags, mode));
}

// Removals are killed, never failed: nothing could be left clean then.
int unlink(const char* path) {
  if (fault() == 2) {
    die();
  }
  return NEXT(unlink)(path);
}

int unlinkat(int folder, const char* path, int flags) {
  if (fault() == 2) {
    die();
  }
  return NEXT(unlinkat)(folder, path, flags);
}

__attribute__((destructor)) static void tell(void) {
  const char* path = getenv("VOLSEG_FAULT_COUNT");
  if (path == NULL) {
    return;
  }
  char text[32];
  const int length = snprintf(text, sizeof text, "%ld\n", atomic_load(&calls));
  const int file = NEXT(open)(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (file < 0 || NEXT(write)(file, text, (size_t)length) != length) {
    abort();
  }
}
