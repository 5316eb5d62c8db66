#pragma once
// SHA-256, HMAC-SHA-256 and HKDF-SHA-256 through OpenSSL with prefetched algorithms. Thread-safe, no state.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace portcullis::crypto {

using Sha256 = std::array<std::uint8_t, 32>;

[[nodiscard]] Sha256 sha256(std::string_view bytes);
[[nodiscard]] Sha256 hmac_sha256(std::string_view key, std::string_view bytes);
/// RFC 5869 with an empty salt; `purpose` is the info; 32 bytes.
[[nodiscard]] std::string hkdf(std::string_view key, std::string_view purpose);
[[nodiscard]] bool equal(const Sha256& a, const Sha256& b) noexcept;  ///< constant time
/// SipHash-2-4 with 128 bits of output: nobody without the key finds two texts of one hash.
[[nodiscard]] std::array<std::uint64_t, 2> siphash128(const std::array<std::uint8_t, 16>& key,
                                                      std::string_view bytes) noexcept;
/// SipHash-2-4 with a 16-byte key, for tables whose keys clients choose.
[[nodiscard]] std::uint64_t siphash(const std::array<std::uint8_t, 16>& key, std::string_view bytes) noexcept;

}  // namespace portcullis::crypto
