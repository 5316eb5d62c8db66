#pragma once
// Answer models as declared field lists: name, type, first format, visibility; one writer for all models, and one for
// lists of them. Sensitive fields are blanked here and nowhere else. Pure; any thread.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/json/writer.hpp"
#include "core/time.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

enum class Sees : std::uint8_t { everyone, privileged };

template <class T>
struct Field {
  const char* name;
  const char* schema;  ///< JSON Schema of the value, for OpenAPI
  void (*write)(json::Writer&, const T&, const Viewer&);
  std::uint32_t since = 0;          ///< left out of older response formats
  Sees sees = Sees::everyone;       ///< others get ""
  bool (*has)(const T&) = nullptr;  ///< left out where it answers false
  std::uint32_t until = ~0U;        ///< left out of this response format and newer ones
};

namespace schema {
inline constexpr const char* text = R"({"type":"string"})";
inline constexpr const char* nullable_text = R"({"type":["string","null"]})";
inline constexpr const char* boolean = R"({"type":"boolean"})";
inline constexpr const char* nullable_boolean = R"({"type":["boolean","null"]})";
inline constexpr const char* date = R"({"type":"string","description":"ISO 8601 UTC, or empty"})";
inline constexpr const char* texts = R"({"type":"array","items":{"type":"string"}})";
inline constexpr const char* object = R"({"type":"object"})";
inline constexpr const char* integer = R"({"type":"integer"})";
}  // namespace schema

inline void put_date(json::Writer& w, Time t) {
  const std::array<char, 29> shown = iso8601(t);
  w.plain_string({shown.data(), shown.size()});
}
inline void put_date(json::Writer& w, const std::optional<Time>& t) {
  if (t)
    put_date(w, *t);
  else
    w.string("");
}
template <class Text>
void put_texts(json::Writer& w, const std::vector<Text>& list) {
  w.begin_array();
  for (const Text& item : list) w.string(item);
  w.end_array();
}

/// `,"name":` of each field: made once, because every answer uses them.
template <class T>
std::vector<std::string> keys_of(std::span<const Field<T>> fields) {
  std::vector<std::string> keys;
  for (const Field<T>& field : fields) keys.push_back(",\"" + std::string(field.name) + "\":");
  return keys;
}

/// Writes into an open object. `fields` is an array of Field<T>; each array has its own names.
template <const auto& fields, class T>
void write_fields(json::Writer& w, const T& value, const Viewer& viewer) {
  static const std::vector<std::string> keys = keys_of(std::span<const Field<T>>(fields));
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Field<T>& field = fields[i];
    if (viewer.format < field.since || viewer.format >= field.until || (field.has && !field.has(value))) continue;
    w.prepared_key(keys[i]);
    if (field.sees == Sees::privileged && !viewer.privileged)
      w.string("");
    else
      field.write(w, value, viewer);
  }
}
template <const auto& fields, class T>
void write(json::Writer& w, const T& value, const Viewer& viewer) {
  w.begin_object();
  write_fields<fields>(w, value, viewer);
  w.end_object();
}

/// `{"total":n,"<name>":[...]}`.
template <class T, class Write>
std::string list_of(const char* name, const std::vector<T>& items, std::uint64_t total, Write write_one) {
  std::string out;
  json::Writer writer(out);
  writer.begin_object();
  writer.field("total", static_cast<std::int64_t>(total));
  writer.key(name);
  writer.begin_array();
  for (const T& item : items) write_one(writer, item);
  writer.end_array();
  writer.end_object();
  return out;
}

template <class T>
Shape shape(const char* name, std::span<const Field<T>> fields) {
  Shape out{name, {}};
  for (const Field<T>& field : fields)
    if (current_format < field.until) out.fields.emplace_back(field.name, field.schema);
  return out;
}

}  // namespace portcullis::models
