#include "tenon/plugin.h"

#include "backend_threads/cores.h"
#include "backend_threads/pool.h"

namespace tenon {
namespace {

std::unique_ptr<Executor> Create(uint32_t threads) {
  return Pool::Create(threads == 0 ? UsableCores() : threads);
}

constexpr ExecutorFactory kFactory{Create};

}  // namespace

extern constinit const Plugin kBackendThreads{
    "backend_threads", "a pool of threads that share every step", &kFactory};

}  // namespace tenon
