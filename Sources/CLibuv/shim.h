#ifndef CLIBUV_SHIM_H
#define CLIBUV_SHIM_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#if defined(__linux__)
#include <sys/prctl.h>
#include <sys/syscall.h>
#else
#include <sys/un.h>
#endif

/* What Swift cannot call itself: variadic functions, function-like macros, and structures
   that the headers show only to programs compiled with _GNU_SOURCE. */

/* `uv_loop_configure` is variadic. */
static inline int clibuv_measure_idle_time(uv_loop_t *loop) {
    return uv_loop_configure(loop, UV_METRICS_IDLE_TIME);
}

/* `pthread_t` is a number on Linux and a pointer on macOS. */
static inline uintptr_t clibuv_current_thread(void) {
    return (uintptr_t) pthread_self();
}

static inline uv_thread_t clibuv_no_thread(void) {
    return (uv_thread_t) 0;
}

static inline void clibuv_name_current_thread(const char *name) {
#if defined(__linux__)
    prctl(PR_SET_NAME, (unsigned long) name, 0, 0, 0);
#else
    pthread_setname_np(name);
#endif
}

/* `uv_stdio_container_t` holds its choice in an anonymous union beside a flag set that Swift
   imports as an enumeration. `flags` are seen from the child. */
static inline void clibuv_stdio_pipe(uv_stdio_container_t *slot, uv_stream_t *stream, int child_reads) {
    slot->flags = (uv_stdio_flags) (UV_CREATE_PIPE | (child_reads ? UV_READABLE_PIPE : UV_WRITABLE_PIPE));
    slot->data.stream = stream;
}

static inline void clibuv_stdio_descriptor(uv_stdio_container_t *slot, int descriptor) {
    slot->flags = UV_INHERIT_FD;
    slot->data.fd = descriptor;
}

static inline void clibuv_stdio_null(uv_stdio_container_t *slot) {
    slot->flags = UV_IGNORE;
}

/* The user and process at the other end of a connected Unix socket. Returns 0 or a negated errno. */
static inline int clibuv_peer_credentials(int descriptor, uint32_t *user, int32_t *process) {
#if defined(__linux__)
    struct { int32_t process; uint32_t user; uint32_t group; } credentials;
    socklen_t length = sizeof(credentials);
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length) != 0) return -errno;
    *user = credentials.user;
    *process = credentials.process;
#else
    uid_t uid;
    gid_t gid;
    pid_t pid = 0;
    socklen_t length = sizeof(pid);
    if (getpeereid(descriptor, &uid, &gid) != 0) return -errno;
    if (getsockopt(descriptor, SOL_LOCAL, LOCAL_PEERPID, &pid, &length) != 0) pid = 0;
    *user = uid;
    *process = pid;
#endif
    return 0;
}

/* A descriptor that becomes readable when the process ends, or a negated errno.
   `syscall` is variadic, and the C library's wrapper is younger than the kernel's call. */
static inline int clibuv_open_process(int32_t process) {
#if defined(__linux__) && defined(SYS_pidfd_open)
    int descriptor = (int) syscall(SYS_pidfd_open, process, 0);
    return descriptor < 0 ? -errno : descriptor;
#else
    (void) process;
    return -ENOSYS;
#endif
}

/* Sets the soft limit of open files of another process; its hard limit stays. */
static inline int clibuv_limit_open_files(int32_t process, uint64_t soft) {
#if defined(__linux__)
    struct { uint64_t soft; uint64_t hard; } limits;
    if (syscall(SYS_prlimit64, process, RLIMIT_NOFILE, NULL, &limits) != 0) return -errno;
    limits.soft = soft < limits.hard ? soft : limits.hard;
    return syscall(SYS_prlimit64, process, RLIMIT_NOFILE, &limits, NULL) == 0 ? 0 : -errno;
#else
    (void) process;
    (void) soft;
    return -ENOSYS;
#endif
}

#if defined(__linux__)
/* Declared by the C library for programs compiled with _GNU_SOURCE. */
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *directory);
#ifndef POSIX_SPAWN_SETSID
#define POSIX_SPAWN_SETSID 0x80
#endif
#endif

/* Starts a program in a session of its own: its standard input empty, its output a descriptor of ours,
   its errors added to a file. Returns 0 or an errno. */
static inline int clibuv_spawn_detached(
    const char *path, char *const *arguments, char *const *environment, const char *directory, const char *log,
    int output, int32_t *process
) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    pid_t child = 0;
    sigset_t ignored_here;
    int status = posix_spawn_file_actions_init(&actions);
    if (status != 0) return status;
    status = posix_spawnattr_init(&attributes);
    if (status != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return status;
    }
    if (status == 0) status = posix_spawn_file_actions_addchdir_np(&actions, directory);
    if (status == 0) status = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (status == 0)
        status = posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (status == 0) status = posix_spawn_file_actions_adddup2(&actions, output, 1);
    /* What a loop's process ignores, its programs do not. */
    sigemptyset(&ignored_here);
    sigaddset(&ignored_here, SIGPIPE);
    if (status == 0) status = posix_spawnattr_setsigdefault(&attributes, &ignored_here);
    if (status == 0) status = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF);
    if (status == 0) status = posix_spawn(&child, path, &actions, &attributes, arguments, environment);
    *process = child;
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

#endif
