/*
 * System calls that node:fs lacks. No policy here: numbers in, a count or a negative errno out.
 *
 *   readNow(fd, bytes, position) -> count, or -errno; never waits for a device
 *   fallocate(fd, mode, position, length) -> Promise of 0 or -errno
 *   rangeIoctl(fd, request, position, length) -> Promise of 0 or -errno
 *   flock(fd, operation) -> Promise of 0 or -errno
 *   extents(fd, position, end, most) -> Promise of a Float64Array of pairs (where data begins, where it ends), or -errno
 *
 * What can wait for a device runs on the thread pool. Positions are doubles: exact to 2^53.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define NAPI_VERSION 8
#include <node_api.h>

/* linux/fs.h; musl's sys/uio.h may lack it. */
#ifndef RWF_NOWAIT
#define RWF_NOWAIT 0x00000008
#endif

#define ARGUMENTS(count)                                                                      \
  napi_value argument[count];                                                                 \
  size_t given = count;                                                                       \
  if (napi_get_cb_info(env, info, &given, argument, NULL, NULL) != napi_ok || given != count) \
  return wrong_arguments(env)

static napi_value wrong_arguments(napi_env env) {
  napi_throw_type_error(env, NULL, "wrong arguments for a native function of @scst/file-io");
  return NULL;
}

static napi_value number(napi_env env, double value) {
  napi_value result;
  return napi_create_double(env, value, &result) == napi_ok ? result : NULL;
}

/* By number: preadv2 of the C library is newer than some C libraries. */
static napi_value read_now(napi_env env, napi_callback_info info) {
  ARGUMENTS(3);
  int32_t fd;
  int64_t position;
  void *data;
  size_t length;
  napi_typedarray_type type;
  if (napi_get_value_int32(env, argument[0], &fd) != napi_ok ||
      napi_get_typedarray_info(env, argument[1], &type, &length, &data, NULL, NULL) != napi_ok || type != napi_uint8_array ||
      napi_get_value_int64(env, argument[2], &position) != napi_ok)
    return wrong_arguments(env);
  struct iovec vector = {.iov_base = data, .iov_len = length};
  long count;
  do {
    /* The position in two halves; the first is all of it where a long has 64 bits. */
    count = syscall(SYS_preadv2, fd, &vector, 1L, (long)position, 0L, (long)RWF_NOWAIT);
  } while (count < 0 && errno == EINTR);
  return number(env, count < 0 ? -errno : count);
}

enum operation { FALLOCATE, RANGE_IOCTL, FLOCK, EXTENTS };

struct job {
  enum operation operation;
  int fd;
  unsigned long code; /* mode, request, or kind of lock */
  int64_t position;
  int64_t length; /* for EXTENTS: the end */
  int error;
  size_t room; /* pairs */
  size_t count;
  double *pairs;
  napi_async_work work;
  napi_deferred deferred;
};

static void find_extents(struct job *job) {
  int64_t at = job->position;
  while (job->count < job->room && at < job->length) {
    off_t data = lseek(job->fd, at, SEEK_DATA);
    if (data < 0) {
      /* ENXIO: nothing but a hole to the end of the file. */
      if (errno != ENXIO) job->error = errno;
      return;
    }
    if (data >= job->length) return;
    off_t hole = lseek(job->fd, data, SEEK_HOLE);
    if (hole < 0) {
      if (errno != ENXIO) job->error = errno;
      return;
    }
    /* The file changes meanwhile: what was data a moment ago may be none now. */
    if (hole > data) {
      job->pairs[2 * job->count] = (double)data;
      job->pairs[2 * job->count + 1] = (double)hole;
      job->count++;
    }
    at = hole > at ? hole : at + 1;
  }
}

static void execute(napi_env env, void *context) {
  struct job *job = context;
  int result = 0;
  if (job->operation == EXTENTS) {
    find_extents(job);
    return;
  }
  do {
    if (job->operation == FALLOCATE) {
      result = fallocate(job->fd, (int)job->code, job->position, job->length);
    } else if (job->operation == FLOCK) {
      result = flock(job->fd, (int)job->code);
    } else {
      uint64_t range[2] = {(uint64_t)job->position, (uint64_t)job->length};
      result = ioctl(job->fd, job->code, range);
    }
  } while (result < 0 && errno == EINTR);
  job->error = result < 0 ? errno : 0;
}

static napi_value pairs_of(napi_env env, struct job *job) {
  napi_value buffer, array;
  void *data;
  size_t bytes = 2 * job->count * sizeof(double);
  if (napi_create_arraybuffer(env, bytes, &data, &buffer) != napi_ok) return NULL;
  if (bytes > 0) memcpy(data, job->pairs, bytes);
  return napi_create_typedarray(env, napi_float64_array, 2 * job->count, buffer, 0, &array) == napi_ok ? array : NULL;
}

static void complete(napi_env env, napi_status status, void *context) {
  struct job *job = context;
  if (status == napi_cancelled) job->error = ECANCELED;
  napi_value result = job->operation == EXTENTS && job->error == 0 ? pairs_of(env, job) : number(env, -job->error);
  if (result == NULL) result = number(env, -ENOMEM);
  if (result != NULL) napi_resolve_deferred(env, job->deferred, result);
  napi_delete_async_work(env, job->work);
  free(job->pairs);
  free(job);
}

static napi_value start(napi_env env, struct job wanted) {
  napi_value name, promise;
  struct job *job = malloc(sizeof(*job));
  if (job == NULL) goto no_memory;
  *job = wanted;
  if (job->room > 0) {
    job->pairs = malloc(2 * job->room * sizeof(double));
    if (job->pairs == NULL) goto no_memory;
  }
  if (napi_create_string_utf8(env, "@scst/file-io", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_async_work(env, NULL, name, execute, complete, job, &job->work) != napi_ok)
    goto no_memory;
  if (napi_create_promise(env, &job->deferred, &promise) != napi_ok) {
    napi_delete_async_work(env, job->work);
    goto no_memory;
  }
  if (napi_queue_async_work(env, job->work) != napi_ok) {
    napi_resolve_deferred(env, job->deferred, number(env, -ENOMEM));
    napi_delete_async_work(env, job->work);
    free(job->pairs);
    free(job);
  }
  return promise;

no_memory:
  if (job != NULL) free(job->pairs);
  free(job);
  napi_throw_error(env, "ENOMEM", "no memory for an operation of @scst/file-io");
  return NULL;
}

static napi_value start_on_range(napi_env env, napi_callback_info info, enum operation operation) {
  ARGUMENTS(4);
  struct job job = {.operation = operation};
  uint32_t code;
  if (napi_get_value_int32(env, argument[0], &job.fd) != napi_ok || napi_get_value_uint32(env, argument[1], &code) != napi_ok ||
      napi_get_value_int64(env, argument[2], &job.position) != napi_ok || napi_get_value_int64(env, argument[3], &job.length) != napi_ok)
    return wrong_arguments(env);
  job.code = code;
  return start(env, job);
}

static napi_value start_fallocate(napi_env env, napi_callback_info info) {
  return start_on_range(env, info, FALLOCATE);
}

static napi_value start_range_ioctl(napi_env env, napi_callback_info info) {
  return start_on_range(env, info, RANGE_IOCTL);
}

/* On a network file system a lock that is not waited for is still asked for over the network. */
static napi_value start_flock(napi_env env, napi_callback_info info) {
  ARGUMENTS(2);
  struct job job = {.operation = FLOCK};
  uint32_t code;
  if (napi_get_value_int32(env, argument[0], &job.fd) != napi_ok || napi_get_value_uint32(env, argument[1], &code) != napi_ok)
    return wrong_arguments(env);
  job.code = code;
  return start(env, job);
}

static napi_value start_extents(napi_env env, napi_callback_info info) {
  ARGUMENTS(4);
  struct job job = {.operation = EXTENTS};
  uint32_t room;
  if (napi_get_value_int32(env, argument[0], &job.fd) != napi_ok || napi_get_value_int64(env, argument[1], &job.position) != napi_ok ||
      napi_get_value_int64(env, argument[2], &job.length) != napi_ok || napi_get_value_uint32(env, argument[3], &room) != napi_ok)
    return wrong_arguments(env);
  job.room = room;
  return start(env, job);
}

NAPI_MODULE_INIT() {
  const napi_property_descriptor functions[] = {
      {"readNow", NULL, read_now, NULL, NULL, NULL, napi_enumerable, NULL},
      {"fallocate", NULL, start_fallocate, NULL, NULL, NULL, napi_enumerable, NULL},
      {"rangeIoctl", NULL, start_range_ioctl, NULL, NULL, NULL, napi_enumerable, NULL},
      {"flock", NULL, start_flock, NULL, NULL, NULL, napi_enumerable, NULL},
      {"extents", NULL, start_extents, NULL, NULL, NULL, napi_enumerable, NULL},
  };
  if (napi_define_properties(env, exports, sizeof(functions) / sizeof(functions[0]), functions) != napi_ok) return NULL;
  return exports;
}
