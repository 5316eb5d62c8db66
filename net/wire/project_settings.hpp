#pragma once
// The settings of a project by their contract names: one table for parsing, validating and listing them. Pure; any
// thread. Source of names and ranges: docs/contract/project.md 5 and 6.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "core/json/writer.hpp"
#include "core/project.hpp"

namespace portcullis::wire {

struct FlagSetting {
  bool& (*of)(ProjectSettings&);
};
struct NumberSetting {
  std::uint32_t& (*of)(ProjectSettings&);
  std::uint32_t min = 0;
  std::uint32_t max = 0;
};
struct TextSetting {
  std::string& (*of)(ProjectSettings&);
  std::size_t min = 0;  ///< code points
  std::size_t max = 0;
};
struct ListSetting {
  std::vector<std::string>& (*of)(ProjectSettings&);
  std::size_t max = 0;                          ///< entries
  bool (*is_entry)(std::string_view) noexcept;  ///< is it a valid entry?
  bool lower = false;                           ///< entries are kept in lower case
};

struct ProjectSetting {
  const char* name;     ///< as the contract stores it
  const char* rule;     ///< completes the sentence for people; starts with `must be `
  const char* meaning;  ///< what it does
  std::variant<FlagSetting, NumberSetting, TextSetting, ListSetting> kind;
};

/// Every setting, in list order.
[[nodiscard]] std::span<const ProjectSetting> project_settings() noexcept;
/// The setting of that name, or null.
[[nodiscard]] const ProjectSetting* find_project_setting(std::string_view name) noexcept;
/// Sets it from text: `true|false`, a whole number, or text; list entries are separated by commas, empty text clears
/// the list. Errors: general_argument_invalid with the setting's name and rule; `settings` is unchanged then.
[[nodiscard]] result<void> assign(const ProjectSetting& setting, ProjectSettings& settings, std::string_view text);
/// The value as text, in the form that assign() reads.
[[nodiscard]] std::string setting_text(const ProjectSetting& setting, ProjectSettings settings);
/// Writes the value as JSON.
void write_setting(json::Writer& out, const ProjectSetting& setting, ProjectSettings& settings);
/// Writes one JSON object with every setting.
void write_project_settings(json::Writer& out, ProjectSettings settings);

}  // namespace portcullis::wire
