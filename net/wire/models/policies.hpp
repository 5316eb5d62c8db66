#pragma once
// Policies of a project in answers. Source: docs/contract/project.md 5, 8. Pure; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "net/wire/models/model.hpp"
#include "net/wire/project_policies.hpp"

namespace portcullis::models {

[[nodiscard]] std::string policy(const wire::Policy& policy, const ProjectSettings& settings);
/// `total`: the number of policies that match, over all pages.
[[nodiscard]] std::string policy_list(const std::vector<wire::Policy>& policies, const ProjectSettings& settings,
                                      std::uint64_t total);

}  // namespace portcullis::models
