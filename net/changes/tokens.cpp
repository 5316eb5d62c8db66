#include "net/changes/tokens.hpp"

#include <utility>

#include "core/crypto/digest.hpp"
#include "net/changes/sessions.hpp"
#include "policies/token_policy.hpp"
#include "storage/codec.hpp"
#include "storage/sessions.hpp"
#include "storage/tokens.hpp"
#include "storage/users.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

namespace {

/// The kind of a token that can sign in; null for other tokens.
const policies::TokenKind* sign_in_kind(const Token& token) {
  const policies::TokenKind* const kind = policies::token_kind(token.type);
  return kind != nullptr && kind->provider != nullptr ? kind : nullptr;
}

}  // namespace

const Token* find_sign_in_token(const std::vector<Token>& tokens, const std::array<std::uint8_t, 32>& secret_hash,
                                Time now) {
  const Token* found = nullptr;
  for (const Token& token : tokens)
    if (crypto::equal(token.secret_hash, secret_hash) && policies::is_live(token, now) && sign_in_kind(token))
      found = &token;
  return found;
}

void erase_sign_in_tokens(storage::Edits& edits, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    const result<Token> token = codec::read<Token>(row);
    if (!token || sign_in_kind(*token) != nullptr) edits.erase.emplace_back(row.key);
  }
}

Change<Token> create_token(ProjectNo p, Token made) {
  storage::Reads reads{{keys::user(p, made.user_id)}, {keys::user_tokens(p, made.user_id)}};
  const std::string user_id = made.user_id;
  const Time now = made.created_at;
  auto decide = [p, made = std::move(made)](const View& view) -> result<Decision<Token>> {
    if (!view.values[0]) return errc::user_not_found;
    const result<std::vector<Token>> tokens = storage::decode_tokens(view.ranges[0]);
    if (!tokens) return tokens.error();
    for (const Token& token : *tokens)
      if (token.id == made.id) return errc::again;
    Decision<Token> decision{{}, made};
    for (const std::size_t dropped : policies::tokens_to_drop(*tokens, made.type, made.created_at))
      decision.edits.erase.push_back(keys::token(p, made.user_id, (*tokens)[dropped].id));
    decision.edits.put.push_back(codec::put(keys::token(p, made.user_id, made.id), made));
    return decision;
  };
  return erasing_expired(Change<Token>{std::move(reads), std::move(decide)}, p, user_id, now);
}

Change<Session> redeem_token(ProjectNo p, Redemption made) {
  const std::string& user_id = made.session.user_id;
  storage::Reads reads{{keys::user(p, user_id), keys::token(p, user_id, made.token_id)},
                       {keys::user_sessions(p, user_id)}};
  auto decide = [p, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<Session>> {
    if (!view.values[0] || !view.values[1]) return errc::user_invalid_token;
    result<User> user = codec::read<User>(Row{names[0], *view.values[0]});
    if (!user) return user.error();
    const result<Token> token = codec::read<Token>(Row{names[1], *view.values[1]});
    if (!token) return token.error();
    if (!find_sign_in_token({*token}, made.secret_hash, made.now)) return errc::user_invalid_token;
    Decision<Session> decision{{}, made.session};
    const result<void> opened = put_session(decision.edits, p, view.ranges[0], made.max_sessions, decision.value);
    if (!opened) return opened.error();
    decision.edits.erase.push_back(names[1]);
    bool User::*const proves = sign_in_kind(*token)->proves;
    if (proves == nullptr || (*user).*proves) return decision;
    const User before = *user;
    (*user).*proves = true;
    user->updated_at = made.now;
    storage::put_changed_user(decision.edits, p, before, *user);
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

}  // namespace portcullis::changes
