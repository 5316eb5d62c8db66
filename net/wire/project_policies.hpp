#pragma once
// The policies of a project and the switches of its sign-in methods, services and protocols, by the names of the
// project service, with the setting that each parameter stands for. Pure; any thread. Source: docs/contract/project.md
// 5 and 6.

#include <cstdint>
#include <span>
#include <string_view>

#include "core/json/writer.hpp"
#include "core/project.hpp"
#include "net/wire/project_settings.hpp"

namespace portcullis::wire {

/// One parameter of a policy.
struct PolicyField {
  const char* param;
  const char* setting;          ///< its name in project_settings()
  const char* rule;             ///< completes "must be ..."
  const char* schema;           ///< JSON Schema
  std::uint32_t least = 0;      ///< smaller numbers are refused, even if the setting allows them
  bool null_turns_off = false;  ///< null stands for 0
};

struct Policy {
  const char* id;
  const char* operation;  ///< the SDKs' name
  const char* model;      ///< model of the policy's own answer
  std::span<const PolicyField> fields;
  bool merges = false;          ///< absent parameters keep their value; otherwise all are required
  bool answers_itself = false;  ///< an update answers with the policy, not with the project
};

/// Every policy, in list order.
[[nodiscard]] std::span<const Policy> policies() noexcept;
/// The policy of that id, or null.
[[nodiscard]] const Policy* find_policy(std::string_view id) noexcept;
/// Writes `{"$id":..., ...}`.
void write_policy(json::Writer& out, const Policy& policy, ProjectSettings settings);

/// Something that can be on or off.
struct Switch {
  const char* id;
  const char* setting;
};
[[nodiscard]] std::span<const Switch> auth_methods() noexcept;
[[nodiscard]] std::span<const Switch> services() noexcept;
[[nodiscard]] std::span<const Switch> protocols() noexcept;
/// The switch of that id, or null.
[[nodiscard]] const Switch* find_switch(std::span<const Switch> switches, std::string_view id) noexcept;
/// Writes `[{"$id":...,"enabled":...}, ...]`.
void write_switches(json::Writer& out, std::span<const Switch> switches, ProjectSettings settings);

}  // namespace portcullis::wire
