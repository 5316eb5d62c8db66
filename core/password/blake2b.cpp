#include "core/password/blake2b.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstdlib>

#include "core/secret.hpp"

namespace portcullis {
namespace {

static_assert(sizeof(crypto_generichash_state) == 384 && alignof(crypto_generichash_state) <= 64);

crypto_generichash_state* as_state(std::array<std::uint8_t, 384>& bytes) {
  return reinterpret_cast<crypto_generichash_state*>(bytes.data());
}

}  // namespace

Blake2b::Blake2b(std::size_t size, std::span<const std::uint8_t> key) {
  static const bool ready = sodium_init() >= 0;  // libsodium chooses its implementations here
  if (!ready) std::abort();
  crypto_generichash_init(as_state(state_), key.empty() ? nullptr : key.data(), key.size(), size);
}

Blake2b::~Blake2b() { wipe(state_.data(), state_.size()); }

void Blake2b::add(std::span<const std::uint8_t> bytes) {
  if (!bytes.empty()) crypto_generichash_update(as_state(state_), bytes.data(), bytes.size());
}

void Blake2b::add_le32(std::uint32_t value) {
  const std::array<std::uint8_t, 4> bytes{static_cast<std::uint8_t>(value), static_cast<std::uint8_t>(value >> 8U),
                                          static_cast<std::uint8_t>(value >> 16U),
                                          static_cast<std::uint8_t>(value >> 24U)};
  add(bytes);
}

void Blake2b::finish(std::span<std::uint8_t> out) {
  crypto_generichash_final(as_state(state_), out.data(), out.size());
}

void blake2b_long(std::span<std::uint8_t> out, std::span<const std::uint8_t> in) {
  constexpr std::size_t whole = 64, half = 32;
  std::array<std::uint8_t, whole> link{};
  Blake2b first(std::min(out.size(), whole));
  first.add_le32(static_cast<std::uint32_t>(out.size()));
  first.add(in);
  if (out.size() <= whole) return first.finish(out);
  first.finish(link);
  while (true) {
    std::copy_n(link.begin(), half, out.begin());
    out = out.subspan(half);
    Blake2b next(std::min(out.size(), whole));
    next.add(link);
    if (out.size() <= whole) {
      next.finish(out);
      break;
    }
    next.finish(link);
  }
  wipe(link.data(), link.size());
}

}  // namespace portcullis
