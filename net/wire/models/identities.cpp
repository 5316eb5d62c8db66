#include "net/wire/models/identities.hpp"

#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
using namespace schema;

constexpr Field<IdentityView> identity_fields[] = {
    {"$id", text, [](W& w, const IdentityView& i, V) { w.plain_string(i.identity.id); }},
    {"$createdAt", date, [](W& w, const IdentityView& i, V) { put_date(w, i.identity.created_at); }},
    {"$updatedAt", date, [](W& w, const IdentityView& i, V) { put_date(w, i.identity.updated_at); }},
    {"userId", text, [](W& w, const IdentityView& i, V) { w.plain_string(i.identity.user_id); }},
    {"provider", text, [](W& w, const IdentityView& i, V) { w.string(i.identity.provider); }},
    {"providerUid", text, [](W& w, const IdentityView& i, V) { w.string(i.identity.provider_uid); }},
    {"providerEmail", text, [](W& w, const IdentityView& i, V) { w.string(i.identity.provider_email); }},
    {"providerAccessToken", text, [](W& w, const IdentityView& i, V) { w.string(i.access_token); }},
    {"providerAccessTokenExpiry", date,
     [](W& w, const IdentityView& i, V) { put_date(w, i.identity.access_token_expires_at); }},
    {"providerRefreshToken", text, [](W& w, const IdentityView& i, V) { w.string(i.refresh_token); }},
};

}  // namespace

std::string identity(const IdentityView& view, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write<identity_fields>(writer, view, viewer);
  return out;
}

std::vector<Shape> identity_shapes() {
  return {shape<IdentityView>("Identity", identity_fields),
          Shape{"IdentityList",
                {{"total", integer},
                 {"identities", R"({"type":"array","items":{"$ref":"#/components/schemas/Identity"}})"}}}};
}

}  // namespace portcullis::models
