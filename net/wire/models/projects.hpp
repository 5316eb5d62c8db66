#pragma once
// Answer models of the project service and of the console's projects and teams. Source: docs/contract/project.md 5 and
// 8. Pure; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "core/project.hpp"
#include "core/team.hpp"
#include "net/wire/models/models.hpp"
#include "net/wire/project_policies.hpp"

namespace portcullis::models {

[[nodiscard]] std::string team(const Team& team, const Viewer& viewer);
[[nodiscard]] std::string team_list(const std::vector<Team>& teams, std::uint64_t total, const Viewer& viewer);
[[nodiscard]] std::string policy(const wire::Policy& policy, const ProjectSettings& settings);
/// `total` of lists: of what matches, on all pages.
[[nodiscard]] std::string policy_list(const std::vector<wire::Policy>& policies, const ProjectSettings& settings,
                                      std::uint64_t total);

void write_platform(json::Writer& out, const Platform& platform, const Viewer& viewer);
[[nodiscard]] std::string platform(const Platform& platform, const Viewer& viewer);
[[nodiscard]] std::string platform_list(const std::vector<Platform>& platforms, std::uint64_t total,
                                        const Viewer& viewer);

/// A mock phone number with its code; references outlive the call.
struct MockPhoneView {
  const MockPhone& phone;
  std::string_view code;
};
void write_mock_phone(json::Writer& out, const MockPhoneView& view, const Viewer& viewer);
/// As older formats show it inside a project.
void write_older_mock_phone(json::Writer& out, const MockPhoneView& view);
[[nodiscard]] std::string mock_phone(const MockPhoneView& view, const Viewer& viewer);
[[nodiscard]] std::string mock_phone_list(const std::vector<MockPhoneView>& phones, std::uint64_t total,
                                          const Viewer& viewer);

/// A key with its secret; references outlive the call.
struct KeyView {
  const ApiKey& key;
  std::string_view secret;
};
void write_key(json::Writer& out, const KeyView& view, const Viewer& viewer);
[[nodiscard]] std::string key(const KeyView& view, const Viewer& viewer);
[[nodiscard]] std::string ephemeral_key(const KeyView& view, std::string_view project_id, const Viewer& viewer);
[[nodiscard]] std::string key_list(const std::vector<KeyView>& keys, std::uint64_t total, const Viewer& viewer);

/// The same of a dev key.
struct DevKeyView {
  const ApiKey& key;
  std::string_view secret;
};
[[nodiscard]] std::string dev_key(const DevKeyView& view, const Viewer& viewer);
[[nodiscard]] std::string dev_key_list(const std::vector<DevKeyView>& keys, std::uint64_t total, const Viewer& viewer);

/// Formats before this one show a project's switches and policies as fields of it, with its platforms, keys and mock
/// phone numbers.
inline constexpr std::uint32_t project_nested_since = format_number(1, 9, 5);

/// A project with what it shows of records of its own; the last three are for those formats alone. References outlive
/// the call.
struct ProjectView {
  const Project& project;
  Pings pings{};
  std::vector<DevKeyView> dev_keys{};
  std::vector<Platform> platforms{};
  std::vector<KeyView> keys{};
  std::vector<MockPhoneView> phones{};
};
[[nodiscard]] std::string project(const ProjectView& view, const Viewer& viewer);
/// The members that project() writes, in whatever format, and what lists of projects may be asked about.
[[nodiscard]] const std::vector<std::string>& project_names();
/// A record as a model wrote it, with these members alone and those that every record has: `$id`, `$createdAt` and
/// `$updatedAt`. The whole record where it is too long to be parsed.
[[nodiscard]] std::string selected(std::string_view record, const std::vector<std::string>& names);
/// `projects`: each as project() or selected() writes it.
[[nodiscard]] std::string project_list(const std::vector<std::string>& projects, std::uint64_t total);

[[nodiscard]] std::vector<Shape> project_shapes();

}  // namespace portcullis::models
