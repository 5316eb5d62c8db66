#pragma once
// PHC strings of Argon2: `$argon2id$v=19$m=..,t=..,p=..[,keyid=..]$salt$tag`. Strict and bounded; foreign bytes. Pure;
// any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portcullis {

struct Argon2Phc {
  bool id = true;  ///< argon2id, else argon2i
  std::uint32_t version = 19;
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
  std::uint32_t lanes = 1;
  std::string key_id;  ///< raw bytes of the pepper's id, 0..8; empty = no pepper
  std::string salt;    ///< raw bytes, 8..64
  std::string tag;     ///< raw bytes, 16..128
};

/// At most 512 bytes of text; m 8*p..2^21 KiB, t 1..64, p 1..16; empty on anything else, and `why` then gets the
/// reason, which completes "it ...".
[[nodiscard]] std::optional<Argon2Phc> parse_phc(std::string_view text, std::string_view* why = nullptr);
[[nodiscard]] std::string format_phc(const Argon2Phc& phc);
/// The parameters in the form of the wire's `hashOptions`, JSON. Source: docs/contract/account.md 10.
[[nodiscard]] std::string hash_options(const Argon2Phc& phc);

}  // namespace portcullis
