/**
 * TensorFlow greets on standard error while its library is loaded, whatever its log level. Node cannot point standard error elsewhere
 * meanwhile; this little module can.
 */
export const quietModuleName = 'quiet_stderr.node';

export const quietSource = `#include <fcntl.h>
#include <node_api.h>
#include <unistd.h>

static int saved = -1;

static napi_value Silence(napi_env env, napi_callback_info) {
  int nowhere = open("/dev/null", O_WRONLY);
  if (saved == -1 && nowhere != -1) {
    saved = dup(2);
    dup2(nowhere, 2);
  }
  if (nowhere != -1) close(nowhere);
  return nullptr;
}

static napi_value Restore(napi_env env, napi_callback_info) {
  if (saved != -1) {
    dup2(saved, 2);
    close(saved);
    saved = -1;
  }
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value silence, restore;
  napi_create_function(env, "silence", NAPI_AUTO_LENGTH, Silence, nullptr, &silence);
  napi_create_function(env, "restore", NAPI_AUTO_LENGTH, Restore, nullptr, &restore);
  napi_set_named_property(env, exports, "silence", silence);
  napi_set_named_property(env, exports, "restore", restore);
  return exports;
}
`;
