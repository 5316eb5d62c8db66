#pragma once
// What runs inside a commit for tokens. Rules as in users.hpp.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/session.hpp"
#include "core/token.hpp"
#include "storage/store.hpp"

namespace portcullis::changes {

using storage::Change;

/// The token with that secret that can open a session now; null when there is none. Compares with all of them, so that
/// the time does not reveal which one matched.
[[nodiscard]] const Token* find_sign_in_token(const std::vector<Token>& tokens,
                                              const std::array<std::uint8_t, 32>& secret_hash, Time now);

/// Of a user's token rows those go that open a session, and those that cannot be read; codes that prove something else
/// stay.
void erase_sign_in_tokens(storage::Edits& edits, const std::vector<storage::Row>& rows);

/// Takes away what has expired and what is too many of its type (policies/token_policy.hpp). Errors: user_not_found,
/// again (id taken).
[[nodiscard]] Change<Token> create_token(ProjectNo p, Token made);

struct Redemption {
  std::string token_id;
  std::array<std::uint8_t, 32> secret_hash{};
  Session session;  ///< `sequence` is given by the commit
  std::uint32_t max_sessions = 10;
  Time now{};
};
/// Erases the token and opens the session in one commit, so that no token opens two; the user is then verified as the
/// token's type implies. Also for blocked users. Errors: user_invalid_token (token or user gone, expired), again
/// (selector taken).
[[nodiscard]] Change<Session> redeem_token(ProjectNo p, Redemption made);

}  // namespace portcullis::changes
