#pragma once
// The seam at which tests make the disk misbehave, whatever the engine is. Called on the writer's thread; null hooks
// cost a comparison.

#include <functional>

namespace portcullis::storage {

/// What a hook answers is the errno of the write or flush that would have followed; 0 lets it happen.
struct FaultHooks {
  std::function<int()> before_commit{};  ///< e.g. ENOSPC: the batch fails, nothing is lost, later batches may work
  std::function<int()> before_flush{};   ///< e.g. EIO: durability is unknown, the writer is poisoned
};

}  // namespace portcullis::storage
