#pragma once
// What each type of token is good for, as one table, and how many a user may have. Source: docs/contract/account.md 4
// and 6.9. Pure; any thread.

#include <cstddef>
#include <vector>

#include "core/token.hpp"
#include "core/user.hpp"

namespace portcullis::policies {

/// One row of the table.
struct TokenKind {
  TokenType type;
  const char* provider;  ///< of the session that it opens; null = it opens none
  const char* factor;    ///< of that session
  bool User::*proves;    ///< what using it proves; null = nothing
  std::size_t most;      ///< per user and type: the oldest is dropped for a new one
};

/// Null for a type that has no row.
[[nodiscard]] const TokenKind* token_kind(TokenType type) noexcept;

/// A token is valid up to and including the millisecond in which it expires.
[[nodiscard]] inline bool is_live(const Token& token, Time now) noexcept { return token.expires_at >= now; }

/// Which of a user's tokens to drop when one of type `made` is added, as indices in ascending order: those that have
/// expired, and the oldest of that type beyond its limit.
[[nodiscard]] std::vector<std::size_t> tokens_to_drop(const std::vector<Token>& oldest_first, TokenType made, Time now);

}  // namespace portcullis::policies
