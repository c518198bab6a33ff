// The pool for JavaScript, in nothing but Node-API, so that one binary serves every version of Node and every libc.
#define NAPI_VERSION 8
#include <node_api.h>

#include <errno.h>
#include <stdlib.h>

#include "pool.h"

#define CHECK(call)                                                     \
  do {                                                                  \
    if ((call) != napi_ok) {                                            \
      napi_throw_error(env, "ERR_NATIVE", "@scst/sg-io: " #call " failed"); \
      return NULL;                                                      \
    }                                                                   \
  } while (0)

struct addon {
  struct pool *pool;
  napi_threadsafe_function completed;
  // Ioctls under way keep the event loop alive.
  uint32_t in_flight;
};

static void tell(void *context) {
  struct addon *addon = context;
  napi_call_threadsafe_function(addon->completed, NULL, napi_tsfn_nonblocking);
}

static void on_completed(napi_env env, napi_value callback, void *context, void *data) {
  struct addon *addon = context;
  napi_value count, undefined;
  // Without an environment the pool is abandoned, and this is a call that was under way.
  if (env == NULL || addon->pool == NULL) return;
  uint32_t collected = pool_collect(addon->pool);
  addon->in_flight -= collected;
  if (addon->in_flight == 0) napi_unref_threadsafe_function(env, addon->completed);
  if (napi_create_uint32(env, collected, &count) != napi_ok || napi_get_undefined(env, &undefined) != napi_ok) return;
  napi_call_function(env, undefined, callback, 1, &count, NULL);
}

// The end of a process or a Worker: what is under way ends by itself, in memory that the pool keeps until then.
static void on_environment_end(void *argument) {
  struct addon *addon = argument;
  struct pool *pool = addon->pool;
  addon->pool = NULL;
  if (pool != NULL) pool_abandon(pool);
}

// open(capacity, maxThreads, idleMilliseconds, (completed: number) => void): ArrayBuffer
static napi_value open_pool(napi_env env, napi_callback_info info) {
  size_t argc = 4, length;
  napi_value arguments[4], name, memory;
  uint32_t capacity, threads, idle;
  struct addon *addon;
  CHECK(napi_get_cb_info(env, info, &argc, arguments, NULL, (void **)&addon));
  CHECK(napi_get_value_uint32(env, arguments[0], &capacity));
  CHECK(napi_get_value_uint32(env, arguments[1], &threads));
  CHECK(napi_get_value_uint32(env, arguments[2], &idle));
  if (addon->pool != NULL || capacity == 0 || threads == 0) {
    napi_throw_range_error(env, "ERR_NATIVE", "@scst/sg-io: the pool is open, or has no room");
    return NULL;
  }
  CHECK(napi_create_string_utf8(env, "@scst/sg-io", NAPI_AUTO_LENGTH, &name));
  CHECK(napi_create_threadsafe_function(env, arguments[3], NULL, name, 0, 1, NULL, NULL, addon, on_completed, &addon->completed));
  CHECK(napi_unref_threadsafe_function(env, addon->completed));
  struct pool *pool = pool_create(capacity, threads, idle, tell, addon);
  if (pool == NULL) {
    napi_throw_error(env, "ERR_NATIVE", "@scst/sg-io: no memory for the pool");
    return NULL;
  }
  addon->pool = pool;
  // Registered after the threadsafe function, and so run before it goes.
  CHECK(napi_add_env_cleanup_hook(env, on_environment_end, addon));
  void *bytes = pool_memory(pool, &length);
  CHECK(napi_create_external_arraybuffer(env, bytes, length, NULL, NULL, &memory));
  return memory;
}

static struct pool *arguments_of(napi_env env, napi_callback_info info, size_t count, napi_value *arguments, struct addon **addon) {
  size_t argc = count;
  if (napi_get_cb_info(env, info, &argc, arguments, NULL, (void **)addon) == napi_ok && argc == count && (*addon)->pool != NULL) return (*addon)->pool;
  napi_throw_error(env, "ERR_NATIVE", "@scst/sg-io: the pool is not open, or an argument is missing");
  return NULL;
}

// submit(count): the slots whose numbers stand in the memory's first list
static napi_value submit(napi_env env, napi_callback_info info) {
  napi_value argument;
  struct addon *addon;
  uint32_t count;
  struct pool *pool = arguments_of(env, info, 1, &argument, &addon);
  if (pool == NULL) return NULL;
  CHECK(napi_get_value_uint32(env, argument, &count));
  if (addon->in_flight == 0) CHECK(napi_ref_threadsafe_function(env, addon->completed));
  addon->in_flight += count;
  pool_submit(pool, count);
  return NULL;
}

// call(slot): one ioctl on this thread
static napi_value call(napi_env env, napi_callback_info info) {
  napi_value argument;
  struct addon *addon;
  uint32_t index;
  struct pool *pool = arguments_of(env, info, 1, &argument, &addon);
  if (pool == NULL) return NULL;
  CHECK(napi_get_value_uint32(env, argument, &index));
  pool_call(pool, index);
  return NULL;
}

// allocate(bytes): ArrayBuffer | undefined
static napi_value allocate(napi_env env, napi_callback_info info) {
  napi_value argument, buffer;
  struct addon *addon;
  int64_t length;
  struct pool *pool = arguments_of(env, info, 1, &argument, &addon);
  if (pool == NULL) return NULL;
  CHECK(napi_get_value_int64(env, argument, &length));
  if (length <= 0) return NULL;
  void *memory = pool_allocate(pool, (size_t)length);
  if (memory == NULL) return NULL;
  if (napi_create_external_arraybuffer(env, memory, (size_t)length, NULL, NULL, &buffer) != napi_ok) {
    pool_free(pool, memory);
    napi_throw_error(env, "ERR_NATIVE", "@scst/sg-io: this build of Node allows no memory of an addon's own");
    return NULL;
  }
  return buffer;
}

// free(ArrayBuffer): one that allocate gave; it is empty afterwards
static napi_value give_back(napi_env env, napi_callback_info info) {
  napi_value argument;
  struct addon *addon;
  void *memory;
  size_t length;
  struct pool *pool = arguments_of(env, info, 1, &argument, &addon);
  if (pool == NULL) return NULL;
  CHECK(napi_get_arraybuffer_info(env, argument, &memory, &length));
  CHECK(napi_detach_arraybuffer(env, argument));
  pool_free(pool, memory);
  return NULL;
}

// address(ArrayBuffer): bigint
static napi_value address(napi_env env, napi_callback_info info) {
  size_t argc = 1, length;
  napi_value argument, result;
  void *memory;
  CHECK(napi_get_cb_info(env, info, &argc, &argument, NULL, NULL));
  CHECK(napi_get_arraybuffer_info(env, argument, &memory, &length));
  CHECK(napi_create_bigint_uint64(env, (uint64_t)(uintptr_t)memory, &result));
  return result;
}

// adopt(fd), close(fd): a descriptor of the pool's own, 0; or an errno made negative
static napi_value descriptor(napi_env env, napi_callback_info info, int (*function)(struct pool *, int)) {
  napi_value argument, result;
  struct addon *addon;
  int32_t fd;
  struct pool *pool = arguments_of(env, info, 1, &argument, &addon);
  if (pool == NULL) return NULL;
  CHECK(napi_get_value_int32(env, argument, &fd));
  int value = function(pool, fd);
  CHECK(napi_create_int32(env, value < 0 ? -errno : value, &result));
  return result;
}

static napi_value adopt(napi_env env, napi_callback_info info) { return descriptor(env, info, pool_adopt); }
static napi_value close_descriptor(napi_env env, napi_callback_info info) { return descriptor(env, info, pool_close); }

// The exports live as long as the environment, and the threadsafe function may still name the addon while that one ends.
static void on_exports_gone(napi_env env, void *data, void *hint) { free(data); }

NAPI_MODULE_INIT() {
  static const struct {
    const char *name;
    napi_callback function;
  } functions[] = {
    {"open", open_pool}, {"submit", submit}, {"call", call}, {"allocate", allocate},
    {"free", give_back}, {"address", address}, {"adopt", adopt}, {"close", close_descriptor},
  };
  struct addon *addon = calloc(1, sizeof *addon);
  if (addon == NULL) return NULL;
  CHECK(napi_set_instance_data(env, addon, on_exports_gone, NULL));
  for (size_t at = 0; at < sizeof functions / sizeof *functions; at++) {
    napi_value function;
    CHECK(napi_create_function(env, functions[at].name, NAPI_AUTO_LENGTH, functions[at].function, addon, &function));
    CHECK(napi_set_named_property(env, exports, functions[at].name, function));
  }
  return exports;
}
