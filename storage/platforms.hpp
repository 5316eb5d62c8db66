#pragma once
// Platforms of a project. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

/// The most platforms of one project, which are held in memory.
inline constexpr std::uint32_t platforms_limit = 1000;
[[nodiscard]] std::string platform(ProjectNo p, std::string_view platform_id);
[[nodiscard]] Range platforms(ProjectNo p, std::uint32_t limit);

}  // namespace keys

}  // namespace portcullis::storage
