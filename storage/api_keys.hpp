#pragma once
// API keys and dev keys of a project: one record, two kinds of rows. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "core/project.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

/// The most API keys of one project, which are held in memory.
inline constexpr std::uint32_t api_keys_limit = 1000;
[[nodiscard]] std::string api_key(ProjectNo p, std::string_view key_id);
[[nodiscard]] std::string dev_key(ProjectNo p, std::string_view key_id);
[[nodiscard]] std::string key_of(ProjectNo p, KeyKind kind, std::string_view key_id);  ///< one of these two
[[nodiscard]] Range dev_keys(ProjectNo p, std::uint32_t limit);
[[nodiscard]] Range api_keys(ProjectNo p, std::uint32_t limit);

}  // namespace keys

}  // namespace portcullis::storage
