#pragma once
// Digests and a cipher that only hashes imported from other products need. Pure; any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portcullis::crypto {

/// Raw digest of `bytes`. `name`: md5, sha1, sha224, sha256, sha384, sha512, sha512/224, sha512/256, sha3-224,
/// sha3-256, sha3-384 or sha3-512; empty for any other.
[[nodiscard]] std::optional<std::string> digest_by_name(std::string_view name, std::string_view bytes);

/// MD5 of `start` and `password`, then `rounds` times MD5 of the digest so far and `password`: PHPass's stretching.
[[nodiscard]] std::string stretched_md5(std::string_view start, std::string_view password, std::uint64_t rounds);

/// HMAC-SHA-384.
[[nodiscard]] std::string hmac_sha384(std::string_view key, std::string_view bytes);

/// AES-256 in counter mode, the counter starting at zero. `key` has 32 bytes.
[[nodiscard]] std::string aes256_ctr(std::string_view key, std::string_view plain);

}  // namespace portcullis::crypto
