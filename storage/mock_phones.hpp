#pragma once
// Mock phone numbers of a project. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

/// The most mock phone numbers of one project.
inline constexpr std::uint32_t mock_phones_limit = 5000;
[[nodiscard]] std::string mock_phone(ProjectNo p, std::string_view number);
[[nodiscard]] Range mock_phones(ProjectNo p, std::uint32_t limit);

}  // namespace keys

}  // namespace portcullis::storage
