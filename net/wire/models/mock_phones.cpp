#include "net/wire/models/mock_phones.hpp"

#include <optional>
#include <utility>

#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
using namespace schema;

constexpr std::uint32_t phone_number_since = format_number(1, 9, 2);
std::optional<Time> dated(Time time) { return time == Time{} ? std::nullopt : std::optional<Time>(time); }

constexpr Field<MockPhoneView> mock_phone_fields[] = {
    {"phone", text, [](W& w, const MockPhoneView& m, V) { w.string(m.phone.number); }, 0, Sees::everyone, nullptr,
     phone_number_since},
    {"number", text, [](W& w, const MockPhoneView& m, V) { w.string(m.phone.number); }, phone_number_since},
    {"otp", text, [](W& w, const MockPhoneView& m, V) { w.string(m.code); }},
    {"$createdAt", date, [](W& w, const MockPhoneView& m, V) { put_date(w, dated(m.phone.created_at)); },
     phone_number_since},
    {"$updatedAt", date, [](W& w, const MockPhoneView& m, V) { put_date(w, dated(m.phone.updated_at)); },
     phone_number_since},
};

}  // namespace

void write_mock_phone(W& w, const MockPhoneView& view, const Viewer& viewer) {
  write<mock_phone_fields>(w, view, viewer);
}

void write_older_mock_phone(W& w, const MockPhoneView& view) {
  w.begin_object();
  w.field("phone", view.phone.number);
  w.field("otp", view.code);
  for (const auto& [name, time] :
       {std::pair("$createdAt", view.phone.created_at), {"$updatedAt", view.phone.updated_at}}) {
    if (!dated(time)) continue;
    w.key(name);
    put_date(w, time);
  }
  w.end_object();
}

std::string mock_phone(const MockPhoneView& view, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write_mock_phone(writer, view, viewer);
  return out;
}

std::string mock_phone_list(const std::vector<MockPhoneView>& phones, std::uint64_t total, const Viewer& viewer) {
  return list_of("mockNumbers", phones, total,
                 [&](W& w, const MockPhoneView& each) { write_mock_phone(w, each, viewer); });
}

std::vector<Shape> mock_phone_shapes() {
  return {shape<MockPhoneView>("MockNumber", mock_phone_fields),
          Shape{"MockNumberList",
                {{"total", integer},
                 {"mockNumbers", R"({"type":"array","items":{"$ref":"#/components/schemas/MockNumber"}})"}}}};
}

}  // namespace portcullis::models
