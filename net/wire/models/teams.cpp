#include "net/wire/models/teams.hpp"

#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
using namespace schema;

constexpr Field<Team> team_fields[] = {
    {"$id", text, [](W& w, const Team& t, V) { w.string(t.id); }},
    {"$createdAt", date, [](W& w, const Team& t, V) { put_date(w, t.created_at); }},
    {"$updatedAt", date, [](W& w, const Team& t, V) { put_date(w, t.updated_at); }},
    {"name", text, [](W& w, const Team& t, V) { w.string(t.name); }},
    {"total", integer, [](W& w, const Team& t, V) { w.integer(static_cast<std::int64_t>(t.total)); }},
    {"prefs", object, [](W& w, const Team& t, V) { w.raw(t.prefs); }},
};

}  // namespace

std::string team(const Team& team, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write<team_fields>(writer, team, viewer);
  return out;
}

std::string team_list(const std::vector<Team>& teams, std::uint64_t total, const Viewer& viewer) {
  return list_of("teams", teams, total, [&](W& w, const Team& each) { write<team_fields>(w, each, viewer); });
}

std::vector<Shape> team_shapes() {
  return {shape<Team>("Team", team_fields),
          Shape{"TeamList",
                {{"total", integer}, {"teams", R"({"type":"array","items":{"$ref":"#/components/schemas/Team"}})"}}}};
}

}  // namespace portcullis::models
