#pragma once
// Runs an awaitable to its end and answers its value: coroutines in plain test functions.

#include <utility>

#include "core/async/run_blocking.hpp"

namespace portcullis::test {

/// Blocks until `work` is done; throws what it throws.
template <class T>
T run(awaitable<T> work) {
  return run_blocking(std::move(work));
}

}  // namespace portcullis::test
