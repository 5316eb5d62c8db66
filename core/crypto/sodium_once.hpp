#pragma once
// libsodium's primitives that other files of core need, wrapped so that the library is initialised before its first
// use. Thread-safe.

#include <cstdint>
#include <span>
#include <string_view>

namespace portcullis::crypto {

void random_bytes(std::span<std::uint8_t> out);
void wipe_bytes(void* bytes, std::size_t size) noexcept;
/// `size` bytes of the stack below the caller's frame.
void wipe_stack(std::size_t size) noexcept;
/// Time depends on the lengths only.
[[nodiscard]] bool equal_bytes(std::string_view a, std::string_view b) noexcept;

}  // namespace portcullis::crypto
