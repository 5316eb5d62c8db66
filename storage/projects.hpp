#pragma once
// Projects as the store keeps them: a project's own record is core's; what is here is what no other layer shows. Pure;
// any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/time.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

[[nodiscard]] std::string project(std::string_view project_id);
[[nodiscard]] Range projects(std::uint32_t limit);
[[nodiscard]] std::string removed_project(ProjectNo p);
[[nodiscard]] Range removed_projects(std::uint32_t limit);
[[nodiscard]] Range whole_project(ProjectNo p, std::uint32_t limit);  ///< every row of it
[[nodiscard]] std::string pings(ProjectNo p);

}  // namespace keys

/// A project that is gone for everybody. Nothing can be put into its space any more; its rows leave in small pieces.
struct RemovedProject {
  ProjectNo number{};
  std::string id;
  Time removed_at{};
  bool erased = false;  ///< no row is left
};

}  // namespace portcullis::storage
