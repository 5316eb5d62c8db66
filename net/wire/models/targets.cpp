#include "net/wire/models/targets.hpp"

#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
using namespace schema;

constexpr Field<BorrowedTarget> target_fields[] = {
    {"$id", text, [](W& w, const BorrowedTarget& t, V) { w.plain_string(t.id); }},
    {"$createdAt", date, [](W& w, const BorrowedTarget& t, V) { put_date(w, t.created_at); }},
    {"$updatedAt", date, [](W& w, const BorrowedTarget& t, V) { put_date(w, t.updated_at); }},
    {"name", text, [](W& w, const BorrowedTarget& t, V) { w.string(t.name); }},
    {"userId", text, [](W& w, const BorrowedTarget& t, V) { w.plain_string(t.user_id); }},
    {"providerId", nullable_text,
     [](W& w, const BorrowedTarget& t, V) { t.provider_id.empty() ? w.null() : w.string(t.provider_id); }},
    {"providerType", text, [](W& w, const BorrowedTarget& t, V) { w.plain_string(t.provider_type); }},
    {"identifier", text, [](W& w, const BorrowedTarget& t, V) { w.string(t.identifier); }},
    {"expired", boolean, [](W& w, const BorrowedTarget& t, V) { w.boolean(t.expired); }},
};

}  // namespace

void write_target(W& out, const BorrowedTarget& target, V viewer) { write<target_fields>(out, target, viewer); }

std::string target(const BorrowedTarget& target, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write_target(writer, target, viewer);
  return out;
}

std::string target_list(const std::vector<Target>& targets, std::size_t total, const Viewer& viewer) {
  return list_of("targets", targets, total, [&](W& w, const Target& each) { write_target(w, borrow(each), viewer); });
}

std::vector<Shape> target_shapes() {
  return {
      shape<BorrowedTarget>("Target", target_fields),
      Shape{"TargetList",
            {{"total", integer}, {"targets", R"({"type":"array","items":{"$ref":"#/components/schemas/Target"}})"}}}};
}

}  // namespace portcullis::models
