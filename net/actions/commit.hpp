#pragma once
// Submitting a change with a bounded number of retries when the engine asks for another run (errc::again).

#include <utility>

#include "storage/change.hpp"

namespace portcullis {

inline constexpr int commit_attempts = 4;

/// `make` builds the change anew for each attempt. Answers errc::again when the premise itself is stale: read it anew.
template <class T, class Make>
[[nodiscard]] awaitable<result<T>> commit(storage::Engine& engine, Make make) {
  for (int attempt = 1;; ++attempt) {
    storage::Change<T> change = make();
    result<T> done = co_await storage::submit(engine, std::move(change));
    if (done || done.error().code != errc::again || attempt == commit_attempts) co_return done;
  }
}

}  // namespace portcullis
