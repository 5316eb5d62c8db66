#pragma once
// Targets in answers. Source: docs/contract/account.md 8. Pure; any thread.

#include <string>
#include <vector>

#include "core/json/writer.hpp"
#include "core/user.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

void write_target(json::Writer& out, const BorrowedTarget& target, const Viewer& viewer);
[[nodiscard]] std::string target(const BorrowedTarget& target, const Viewer& viewer);
[[nodiscard]] std::string target_list(const std::vector<Target>& targets, std::size_t total, const Viewer& viewer);

}  // namespace portcullis::models
