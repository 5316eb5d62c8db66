#include "storage/tokens.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

std::string token(ProjectNo p, std::string_view user_id, std::string_view token_id) {
  return user_key(p, user_id, UserRow::token, token_id);
}

Range user_tokens(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::token, UserRow::token);
}

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, Of<Token> V>
void fields(Io& io, V& v) {
  auto type = static_cast<std::uint32_t>(v.type);
  io(v.id, v.created_at, v.user_id, type, v.expires_at, v.secret_hash);
  if constexpr (Io::reads) v.type = TokenType{type};
}

template Put put(std::string, const Token&);
template result<Token> read(const Row&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {
namespace {

/// Where there is no token one is decoded all the same, so that time does not tell who has any.
void decode_no_token() {
  static const Put row = [] {
    Token token;
    token.id = token.user_id = std::string(20, '0');
    token.type = TokenType::generic;
    return codec::put(keys::token({}, token.user_id, token.id), token);
  }();
  static_cast<void>(codec::read<Token>(Row{row.key, row.value}));
}

}  // namespace

result<std::vector<Token>> decode_tokens(const std::vector<Row>& rows) {
  std::vector<Token> tokens;
  tokens.reserve(rows.size());
  for (const Row& row : rows) {
    result<Token> token = codec::read<Token>(row);
    if (!token) return token.error();
    tokens.push_back(std::move(*token));
  }
  const auto older = [](const Token& a, const Token& b) {
    return std::tie(a.created_at, a.id) < std::tie(b.created_at, b.id);
  };
  std::sort(tokens.begin(), tokens.end(), older);
  return tokens;
}

awaitable<result<std::vector<Token>>> Store::tokens(ProjectNo p, std::string user_id) {
  Reads reads;
  reads.ranges.push_back(keys::user_tokens(p, user_id));
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  if (rows->view().ranges[0].empty()) decode_no_token();
  co_return decode_tokens(rows->view().ranges[0]);
}

}  // namespace portcullis::storage
