#include "net/wire/models/tokens.hpp"

#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
using namespace schema;

constexpr std::uint32_t v1_5_0 = format_number(1, 5, 0);

struct TokenView {
  const Token& token;
  std::string_view secret;
};

constexpr Field<TokenView> token_fields[] = {
    {"$id", text, [](W& w, const TokenView& t, V) { w.plain_string(t.token.id); }},
    {"$createdAt", date, [](W& w, const TokenView& t, V) { put_date(w, t.token.created_at); }},
    {"userId", text, [](W& w, const TokenView& t, V) { w.plain_string(t.token.user_id); }},
    {"secret", text, [](W& w, const TokenView& t, V) { w.string(t.secret); }, 0, Sees::privileged},
    {"expire", date, [](W& w, const TokenView& t, V) { put_date(w, t.token.expires_at); }},
    {"phrase", text, [](W& w, const TokenView&, V) { w.string(""); }, v1_5_0},
};

}  // namespace

std::string jwt(std::string_view token) {
  std::string out;
  W writer(out);
  writer.begin_object();
  writer.field("jwt", token);
  writer.end_object();
  return out;
}

std::string token(const Token& token, std::string_view secret, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write<token_fields>(writer, TokenView{token, secret}, viewer);
  return out;
}

std::vector<Shape> token_shapes() { return {shape<TokenView>("Token", token_fields), Shape{"JWT", {{"jwt", text}}}}; }

}  // namespace portcullis::models
