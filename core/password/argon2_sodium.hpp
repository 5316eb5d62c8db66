#pragma once
// libsodium's own Argon2 behind the engine's types: the reference in tests, and selectable. Maps memory on every call.

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/password/argon2.hpp"

namespace portcullis::argon2 {

/// It supports version 0x13, one lane, salts of 16 bytes, no secret and no associated data.
[[nodiscard]] bool sodium_can_hash(const Params& params, const Inputs& inputs, std::size_t tag_size) noexcept;
/// False when libsodium refuses, mostly for want of memory.
[[nodiscard]] bool sodium_hash(const Params& params, const Inputs& inputs, std::span<std::uint8_t> tag);

}  // namespace portcullis::argon2
