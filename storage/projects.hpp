#pragma once
// Projects as the store keeps them: a project's own record is core's; what is here is what no other layer shows. Pure;
// any thread.

#include <string>

#include "core/ids.hpp"
#include "core/time.hpp"

namespace portcullis::storage {

/// A project that is gone for everybody. Nothing can be put into its space any more; its rows leave in small pieces.
struct RemovedProject {
  ProjectNo number{};
  std::string id;
  Time removed_at{};
  bool erased = false;  ///< no row is left
};

}  // namespace portcullis::storage
