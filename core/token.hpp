#pragma once
// A token: a secret that lets its bearer act once as a user. A plain value; what each type allows:
// policies/token_policy.hpp.

#include <array>
#include <cstdint>
#include <string>

#include "core/time.hpp"

namespace portcullis {

/// The wire's numbers. Source: docs/contract/account.md 4.
enum class TokenType : std::uint32_t {
  verification = 2,
  recovery = 3,
  magic_url = 5,
  phone = 6,
  generic = 8,
  email_otp = 9
};

struct Token {
  std::string id;
  Time created_at{};
  std::string user_id;
  TokenType type{};  ///< as stored: may be none of the above
  Time expires_at{};
  std::array<std::uint8_t, 32> secret_hash{};  ///< SHA-256 of the secret's text
  friend bool operator==(const Token&, const Token&) = default;
};

}  // namespace portcullis
