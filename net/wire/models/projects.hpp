#pragma once
// Projects in answers. Source: docs/contract/project.md 5, 8. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/project.hpp"
#include "net/wire/models/keys.hpp"
#include "net/wire/models/mock_phones.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

/// Formats before this one show a project's switches and policies as fields of the project, with its platforms, keys
/// and mock phone numbers.
inline constexpr std::uint32_t project_nested_since = format_number(1, 9, 5);

/// A project with those of its records that the answer shows; the last three are for formats before 1.9.5 only.
/// References outlive the call.
struct ProjectView {
  const Project& project;
  Pings pings{};
  std::vector<DevKeyView> dev_keys{};
  std::vector<Platform> platforms{};
  std::vector<KeyView> keys{};
  std::vector<MockPhoneView> phones{};
};
[[nodiscard]] std::string project(const ProjectView& view, const Viewer& viewer);
/// The members that project() writes, in any format; lists of projects may select among them.
[[nodiscard]] const std::vector<std::string>& project_names();
/// A record written by a model, reduced to these members and those that every record keeps: `$id`, `$createdAt` and
/// `$updatedAt`. The whole record when it is too long to be parsed.
[[nodiscard]] std::string selected(std::string_view record, const std::vector<std::string>& names);
/// `projects`: each written by project() or selected().
[[nodiscard]] std::string project_list(const std::vector<std::string>& projects, std::uint64_t total);

}  // namespace portcullis::models
