#include "core/crypto/sodium_once.hpp"

#include <sodium.h>

#include <stdexcept>

namespace portcullis::crypto {

void random_bytes(std::span<std::uint8_t> out) {
  static const bool ready = sodium_init() >= 0;
  if (!ready) throw std::runtime_error("libsodium could not be initialised");
  randombytes_buf(out.data(), out.size());
}

void wipe_bytes(void* bytes, std::size_t size) noexcept { sodium_memzero(bytes, size); }

void wipe_stack(std::size_t size) noexcept { sodium_stackzero(size); }

bool equal_bytes(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace portcullis::crypto
