#include "net/wire/models/platforms.hpp"

#include <string_view>
#include <utility>

#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using namespace schema;

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

Shape platform_shape(const char* name, const char* identifier) {
  Shape out{name, {{"$id", text}, {"$createdAt", date}, {"$updatedAt", date}, {"name", text}, {"type", text}}};
  if (identifier != nullptr) out.fields.emplace_back(identifier, text);
  return out;
}

}  // namespace

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

std::vector<Shape> platform_shapes() {
  return {Shape{"PlatformList", {{"total", integer}, {"platforms", R"({"type":"array","items":{"type":"object"}})"}}},
          platform_shape("Platform", nullptr),
          platform_shape("PlatformWeb", "hostname"),
          platform_shape("PlatformApple", "bundleIdentifier"),
          platform_shape("PlatformAndroid", "applicationId"),
          platform_shape("PlatformWindows", "packageIdentifierName"),
          platform_shape("PlatformLinux", "packageName")};
}

}  // namespace portcullis::models
