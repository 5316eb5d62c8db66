#pragma once
// Identifiers: the project number that prefixes every key, and the ids that clients see. Pure apart from what is passed
// in.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/time.hpp"

namespace portcullis {

class Random;

/// Internal number of a project: 4 bytes, never reused; 0 is the system's own space.
enum class ProjectNo : std::uint32_t {};
inline constexpr ProjectNo system_space{0};

/// 20 lowercase hexadecimal characters: 13 of microsecond time, 7 random.
/// Source: docs/contract/account.md 3, CustomId.
[[nodiscard]] std::string unique_id(Time now, Random& random);

}  // namespace portcullis
