#include "policies/token_policy.hpp"

#include <algorithm>
#include <iterator>

namespace portcullis::policies {
namespace {

/// A new code or link replaces the one before it; tokens that a server creates are independent of each other.
constexpr TokenKind kinds[] = {
    {TokenType::verification, nullptr, nullptr, &User::email_verified, 1},
    {TokenType::recovery, nullptr, nullptr, &User::email_verified, 1},
    {TokenType::magic_url, "magic-url", "email", &User::email_verified, 1},
    {TokenType::phone, "phone", "phone", &User::phone_verified, 1},
    {TokenType::generic, "token", "token", nullptr, 16},
    {TokenType::email_otp, "token", "email", &User::email_verified, 1},
};

}  // namespace

const TokenKind* token_kind(TokenType type) noexcept {
  const auto* const at =
      std::find_if(std::begin(kinds), std::end(kinds), [type](const TokenKind& kind) { return kind.type == type; });
  return at == std::end(kinds) ? nullptr : at;
}

std::vector<std::size_t> tokens_to_drop(const std::vector<Token>& oldest_first, TokenType made, Time now) {
  const TokenKind* const kind = token_kind(made);
  const auto competes = [&](const Token& token) { return token.type == made && is_live(token, now); };
  const auto live = static_cast<std::size_t>(std::count_if(oldest_first.begin(), oldest_first.end(), competes));
  std::size_t too_many = kind != nullptr && live >= kind->most ? live - kind->most + 1 : 0;
  std::vector<std::size_t> dropped;
  for (std::size_t i = 0; i < oldest_first.size(); ++i) {
    const bool ousted = too_many > 0 && competes(oldest_first[i]);
    if (ousted) --too_many;
    if (ousted || !is_live(oldest_first[i], now)) dropped.push_back(i);
  }
  return dropped;
}

}  // namespace portcullis::policies
