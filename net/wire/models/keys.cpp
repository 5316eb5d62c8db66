#include "net/wire/models/keys.hpp"

#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
using namespace schema;

/// Response formats before this one show an ephemeral key as `{scopes, projectId, jwt}`.
constexpr std::uint32_t keys_alike_since = format_number(1, 9, 3);

constexpr Field<KeyView> key_fields[] = {
    {"$id", text, [](W& w, const KeyView& k, V) { w.string(k.key.id); }},
    {"$createdAt", date, [](W& w, const KeyView& k, V) { put_date(w, k.key.created_at); }},
    {"$updatedAt", date, [](W& w, const KeyView& k, V) { put_date(w, k.key.updated_at); }},
    {"name", text, [](W& w, const KeyView& k, V) { w.string(k.key.name); }},
    {"expire", date, [](W& w, const KeyView& k, V) { put_date(w, k.key.expires_at); }},
    {"scopes", texts, [](W& w, const KeyView& k, V) { put_texts(w, k.key.scopes); }},
    {"secret", text, [](W& w, const KeyView& k, V) { w.string(k.secret); }},
    {"accessedAt", date, [](W& w, const KeyView& k, V) { put_date(w, k.key.accessed_at); }},
    {"sdks", texts, [](W& w, const KeyView& k, V) { put_texts(w, k.key.sdks); }},
};

constexpr Field<DevKeyView> dev_key_fields[] = {
    {"$id", text, [](W& w, const DevKeyView& k, V) { w.string(k.key.id); }},
    {"$createdAt", date, [](W& w, const DevKeyView& k, V) { put_date(w, k.key.created_at); }},
    {"$updatedAt", date, [](W& w, const DevKeyView& k, V) { put_date(w, k.key.updated_at); }},
    {"name", text, [](W& w, const DevKeyView& k, V) { w.string(k.key.name); }},
    {"expire", date, [](W& w, const DevKeyView& k, V) { put_date(w, k.key.expires_at); }},
    {"secret", text, [](W& w, const DevKeyView& k, V) { w.string(k.secret); }},
    {"accessedAt", date, [](W& w, const DevKeyView& k, V) { put_date(w, k.key.accessed_at); }},
    {"sdks", texts, [](W& w, const DevKeyView& k, V) { put_texts(w, k.key.sdks); }},
};

}  // namespace

void write_key(W& w, const KeyView& view, const Viewer& viewer) { write<key_fields>(w, view, viewer); }

std::string key(const KeyView& view, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write_key(writer, view, viewer);
  return out;
}

std::string ephemeral_key(const KeyView& view, std::string_view project_id, const Viewer& viewer) {
  if (viewer.format >= keys_alike_since) return key(view, viewer);
  std::string out;
  W writer(out);
  writer.begin_object();
  writer.key("scopes");
  put_texts(writer, view.key.scopes);
  writer.field("projectId", project_id);
  writer.field("jwt", view.secret);
  writer.end_object();
  return out;
}

std::string key_list(const std::vector<KeyView>& keys, std::uint64_t total, const Viewer& viewer) {
  return list_of("keys", keys, total, [&](W& w, const KeyView& each) { write_key(w, each, viewer); });
}

void write_dev_key(W& w, const DevKeyView& view, const Viewer& viewer) { write<dev_key_fields>(w, view, viewer); }

std::string dev_key(const DevKeyView& view, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write<dev_key_fields>(writer, view, viewer);
  return out;
}

std::string dev_key_list(const std::vector<DevKeyView>& keys, std::uint64_t total, const Viewer& viewer) {
  return list_of("devKeys", keys, total, [&](W& w, const DevKeyView& each) { write<dev_key_fields>(w, each, viewer); });
}

std::vector<Shape> key_shapes() {
  return {
      shape<KeyView>("Key", key_fields), shape<KeyView>("EphemeralKey", key_fields),
      Shape{"KeyList",
            {{"total", integer}, {"keys", R"({"type":"array","items":{"$ref":"#/components/schemas/Key"}})"}}},
      shape<DevKeyView>("DevKey", dev_key_fields),
      Shape{"DevKeyList",
            {{"total", integer}, {"devKeys", R"({"type":"array","items":{"$ref":"#/components/schemas/DevKey"}})"}}}};
}

}  // namespace portcullis::models
