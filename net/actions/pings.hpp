#pragma once
// Storing the counts of pings, which gather in memory.

#include "net/state/pings.hpp"
#include "storage/engine.hpp"

namespace portcullis {

/// Stores what has changed; of projects that are gone, nothing. What cannot be stored is tried again the next time.
[[nodiscard]] awaitable<void> save_pings(storage::Engine& engine, PingCounter& counter);

}  // namespace portcullis
