#pragma once
// Brings the store of an older program up to this one's format and Unicode tables. Run once, after opening and before
// anybody else uses the engine; blocks the calling thread.

#include <cstdint>
#include <functional>

#include "storage/engine.hpp"

namespace portcullis::storage {

/// Works in changes of bounded size, the head record last: an interrupted upgrade starts over at the next opening, and
/// an older program may use the store until then. `progress(users_done)` is called after each change. Nothing to do
/// costs one read. Errors: those of the engine, record_corrupt.
[[nodiscard]] result<void> upgrade(Engine& engine, const std::function<void(std::uint64_t)>& progress);

}  // namespace portcullis::storage
