#include "net/wire/models/projects.hpp"

#include <algorithm>
#include <iterator>
#include <optional>

#include "core/json/value.hpp"
#include "net/wire/models/fields.hpp"
#include "net/wire/models/older_project.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using V = const Viewer&;
using namespace schema;

constexpr const char* switches = R"({"type":"array","items":{"type":"object"}})";

void put_nothing(W& w, const ProjectView&, V) { w.string(""); }
void put_no_list(W& w, const ProjectView&, V) {
  w.begin_array();
  w.end_array();
}

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

constexpr const char* dev_keys = R"({"type":"array","items":{"$ref":"#/components/schemas/DevKey"}})";

void put_dev_keys(W& w, const ProjectView& view, const Viewer& viewer) {
  w.begin_array();
  for (const DevKeyView& each : view.dev_keys) write<dev_key_fields>(w, each, viewer);
  w.end_array();
}

/// What no request can set yet is shown as a project shows it that has never set it.
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

/// Response formats before this one show the same fields of a platform of any type.
constexpr std::uint32_t platform_types_since = format_number(1, 9, 0);

/// The name of a platform's identifier on the wire.
const char* identifier_name(const Platform& platform) {
  constexpr std::pair<std::string_view, const char*> names[] = {{"web", "hostname"},
                                                                {"apple", "bundleIdentifier"},
                                                                {"android", "applicationId"},
                                                                {"windows", "packageIdentifierName"}};
  for (const auto& [type, name] : names)
    if (platform.type == type) return name;
  return "packageName";
}

constexpr Field<Team> team_fields[] = {
    {"$id", text, [](W& w, const Team& t, V) { w.string(t.id); }},
    {"$createdAt", date, [](W& w, const Team& t, V) { put_date(w, t.created_at); }},
    {"$updatedAt", date, [](W& w, const Team& t, V) { put_date(w, t.updated_at); }},
    {"name", text, [](W& w, const Team& t, V) { w.string(t.name); }},
    {"total", integer, [](W& w, const Team& t, V) { w.integer(static_cast<std::int64_t>(t.total)); }},
    {"prefs", object, [](W& w, const Team& t, V) { w.raw(t.prefs); }},
};

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

Shape platform_shape(const char* name, const char* identifier) {
  Shape out{name, {{"$id", text}, {"$createdAt", date}, {"$updatedAt", date}, {"name", text}, {"type", text}}};
  if (identifier != nullptr) out.fields.emplace_back(identifier, text);
  return out;
}

/// `{"total":n,"<name>":[...]}`.
template <class T, class Write>
std::string list_of(const char* name, const std::vector<T>& items, std::uint64_t total, Write write_one) {
  std::string out;
  W writer(out);
  writer.begin_object();
  writer.field("total", static_cast<std::int64_t>(total));
  writer.key(name);
  writer.begin_array();
  for (const T& item : items) write_one(writer, item);
  writer.end_array();
  writer.end_object();
  return out;
}

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

std::string team(const Team& team, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write<team_fields>(writer, team, viewer);
  return out;
}

std::string team_list(const std::vector<Team>& teams, std::uint64_t total, const Viewer& viewer) {
  return list_of("teams", teams, total, [&](W& w, const Team& each) { write<team_fields>(w, each, viewer); });
}

std::string policy(const wire::Policy& policy, const ProjectSettings& settings) {
  std::string out;
  W writer(out);
  wire::write_policy(writer, policy, settings);
  return out;
}

std::string policy_list(const std::vector<wire::Policy>& policies, const ProjectSettings& settings,
                        std::uint64_t total) {
  return list_of("policies", policies, total,
                 [&](W& w, const wire::Policy& each) { wire::write_policy(w, each, settings); });
}

void write_platform(W& w, const Platform& platform, const Viewer& viewer) {
  w.begin_object();
  w.field("$id", platform.id);
  w.key("$createdAt");
  put_date(w, platform.created_at);
  w.key("$updatedAt");
  put_date(w, platform.updated_at);
  w.field("name", platform.name);
  w.field("type", platform.type);
  const bool web = platform.type == "web";
  if (viewer.format < platform_types_since) {
    w.field("key", web ? std::string_view{} : std::string_view(platform.identifier));
    w.field("store", "");
    w.field("hostname", web ? std::string_view(platform.identifier) : std::string_view{});
  } else {
    w.field(identifier_name(platform), platform.identifier);
    if (web) w.field("key", "");
  }
  w.end_object();
}

std::string platform(const Platform& platform, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write_platform(writer, platform, viewer);
  return out;
}

std::string platform_list(const std::vector<Platform>& platforms, std::uint64_t total, const Viewer& viewer) {
  return list_of("platforms", platforms, total, [&](W& w, const Platform& each) { write_platform(w, each, viewer); });
}

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

std::string dev_key(const DevKeyView& view, const Viewer& viewer) {
  std::string out;
  W writer(out);
  write<dev_key_fields>(writer, view, viewer);
  return out;
}

std::string dev_key_list(const std::vector<DevKeyView>& keys, std::uint64_t total, const Viewer& viewer) {
  return list_of("devKeys", keys, total, [&](W& w, const DevKeyView& each) { write<dev_key_fields>(w, each, viewer); });
}

std::vector<Shape> project_shapes() {
  std::vector<Shape> all{
      shape<ProjectView>("Project", project_fields),
      Shape{"PolicyList", {{"total", integer}, {"policies", R"({"type":"array","items":{"type":"object"}})"}}},
      Shape{"Policy", {{"$id", text}}},
      Shape{"ProjectList",
            {{"total", integer}, {"projects", R"({"type":"array","items":{"$ref":"#/components/schemas/Project"}})"}}},
      shape<Team>("Team", team_fields),
      Shape{"TeamList",
            {{"total", integer}, {"teams", R"({"type":"array","items":{"$ref":"#/components/schemas/Team"}})"}}},
      shape<KeyView>("Key", key_fields),
      shape<KeyView>("EphemeralKey", key_fields),
      Shape{"KeyList",
            {{"total", integer}, {"keys", R"({"type":"array","items":{"$ref":"#/components/schemas/Key"}})"}}},
      shape<DevKeyView>("DevKey", dev_key_fields),
      Shape{"DevKeyList", {{"total", integer}, {"devKeys", dev_keys}}},
      shape<MockPhoneView>("MockNumber", mock_phone_fields),
      Shape{"MockNumberList",
            {{"total", integer},
             {"mockNumbers", R"({"type":"array","items":{"$ref":"#/components/schemas/MockNumber"}})"}}},
      Shape{"PlatformList", {{"total", integer}, {"platforms", R"({"type":"array","items":{"type":"object"}})"}}},
      platform_shape("Platform", nullptr),
      platform_shape("PlatformWeb", "hostname"),
      platform_shape("PlatformApple", "bundleIdentifier"),
      platform_shape("PlatformAndroid", "applicationId"),
      platform_shape("PlatformWindows", "packageIdentifierName"),
      platform_shape("PlatformLinux", "packageName"),
  };
  for (const wire::Policy& policy : wire::policies()) {
    if (!policy.answers_itself) continue;
    Shape made{policy.model, {{"$id", text}}};
    for (const wire::PolicyField& field : policy.fields) made.fields.emplace_back(field.param, field.schema);
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace portcullis::models
