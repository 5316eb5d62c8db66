#pragma once
// What is read, decided upon and committed by way of a premise, which may be stale by the time of the commit.

#include "core/async/offload.hpp"
#include "core/error.hpp"

namespace portcullis {

/// `attempt()` reads the premise anew and answers what its commit did. Errors: its own, server_busy for a premise that
/// was stale (errc::again) three times.
template <class T, class Attempt>
[[nodiscard]] awaitable<result<T>> retry_stale(Attempt attempt) {
  constexpr int attempts = 3;
  for (int i = 0; i < attempts; ++i) {
    result<T> done = co_await attempt();
    if (done || done.error().code != errc::again) co_return done;
  }
  co_return error(errc::server_busy);
}

}  // namespace portcullis
