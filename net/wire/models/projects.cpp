#include "net/wire/models/projects.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "core/json/value.hpp"
#include "net/wire/models/fields.hpp"
#include "net/wire/models/older_project.hpp"
#include "net/wire/models/shapes.hpp"
#include "net/wire/project_policies.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
using namespace schema;

constexpr const char* switches = R"({"type":"array","items":{"type":"object"}})";
constexpr const char* dev_keys = R"({"type":"array","items":{"$ref":"#/components/schemas/DevKey"}})";

void put_nothing(W& w, const ProjectView&, V) { w.string(""); }
void put_no_list(W& w, const ProjectView&, V) {
  w.begin_array();
  w.end_array();
}

void put_dev_keys(W& w, const ProjectView& view, const Viewer& viewer) {
  w.begin_array();
  for (const DevKeyView& each : view.dev_keys) write_dev_key(w, each, viewer);
  w.end_array();
}

/// Members that no request can set yet have the value of a project that never set them.
constexpr Field<ProjectView> project_fields[] = {
    {"$id", text, [](W& w, const ProjectView& v, V) { w.string(v.project.id); }},
    {"$createdAt", date, [](W& w, const ProjectView& v, V) { put_date(w, v.project.created_at); }},
    {"$updatedAt", date, [](W& w, const ProjectView& v, V) { put_date(w, v.project.updated_at); }},
    {"name", text, [](W& w, const ProjectView& v, V) { w.string(v.project.settings.name); }},
    {"teamId", text, [](W& w, const ProjectView& v, V) { w.string(v.project.team_id); }},
    {"region", text, [](W& w, const ProjectView&, V) { w.string("default"); }},
    {"devKeys", dev_keys, put_dev_keys},
    {"smtpEnabled", boolean, [](W& w, const ProjectView&, V) { w.boolean(false); }},
    {"smtpSenderName", text, put_nothing},
    {"smtpSenderEmail", text, put_nothing},
    {"smtpReplyToName", text, put_nothing},
    {"smtpReplyToEmail", text, put_nothing},
    {"smtpHost", text, put_nothing},
    {"smtpPort", integer, [](W& w, const ProjectView&, V) { w.integer(0); }},
    {"smtpUsername", text, put_nothing},
    {"smtpPassword", text, put_nothing},
    {"smtpSecure", text, put_nothing},
    {"pingCount", integer, [](W& w, const ProjectView& v, V) { w.integer(static_cast<std::int64_t>(v.pings.count)); }},
    {"pingedAt", date, [](W& w, const ProjectView& v, V) { put_date(w, v.pings.last); }},
    {"labels", texts, [](W& w, const ProjectView& v, V) { put_texts(w, v.project.settings.labels); }},
    {"status", text, [](W& w, const ProjectView&, V) { w.string("active"); }},
    {"onboarding", object,
     [](W& w, const ProjectView&, V) {
       w.begin_object();
       w.end_object();
     }},
    {"authMethods", switches,
     [](W& w, const ProjectView& v, V) { wire::write_switches(w, wire::auth_methods(), v.project.settings); },
     project_nested_since},
    {"services", switches,
     [](W& w, const ProjectView& v, V) { wire::write_switches(w, wire::services(), v.project.settings); },
     project_nested_since},
    {"protocols", switches,
     [](W& w, const ProjectView& v, V) { wire::write_switches(w, wire::protocols(), v.project.settings); },
     project_nested_since},
    {"blocks", texts, put_no_list},
    {"consoleAccessedAt", date, put_nothing},
    {"wafEnabled", boolean, [](W& w, const ProjectView&, V) { w.boolean(false); }},
};

}  // namespace

std::string project(const ProjectView& view, const Viewer& viewer) {
  std::string out;
  W writer(out);
  writer.begin_object();
  write_fields<project_fields>(writer, view, viewer);
  if (viewer.format < project_nested_since) write_older_fields(writer, view, viewer);
  writer.end_object();
  return out;
}

const std::vector<std::string>& project_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all{"$sequence", "accessedAt", "search"};
    const Project none;
    for (const std::uint32_t format : {std::uint32_t{0}, current_format}) {
      const std::optional<json::Value> shown = json::parse(project(ProjectView{none}, Viewer{false, format}));
      if (!shown) continue;
      for (const auto& [name, value] : *shown->object())
        if (std::find(all.begin(), all.end(), name) == all.end()) all.push_back(name);
    }
    return all;
  }();
  return names;
}

std::string selected(std::string_view record, const std::vector<std::string>& names) {
  constexpr std::string_view always[] = {"$id", "$createdAt", "$updatedAt"};
  const std::optional<json::Value> whole = json::parse(record);
  if (!whole) return std::string(record);
  std::string out;
  W writer(out);
  writer.begin_object();
  for (const auto& [name, value] : *whole->object()) {
    const bool wanted = std::find(std::begin(always), std::end(always), name) != std::end(always) ||
                        std::find(names.begin(), names.end(), name) != names.end();
    if (!wanted) continue;
    writer.key(name);
    writer.value(value);
  }
  writer.end_object();
  return out;
}

std::string project_list(const std::vector<std::string>& projects, std::uint64_t total) {
  return list_of("projects", projects, total, [](W& w, const std::string& each) { w.raw(each); });
}

std::vector<Shape> project_shapes() {
  return {
      shape<ProjectView>("Project", project_fields),
      Shape{"ProjectList",
            {{"total", integer}, {"projects", R"({"type":"array","items":{"$ref":"#/components/schemas/Project"}})"}}}};
}

}  // namespace portcullis::models
