#pragma once
// Platforms in answers. Source: docs/contract/project.md 5, 8. Pure; any thread.

#include <cstdint>
#include <string>
#include <vector>

#include "core/json/writer.hpp"
#include "core/project.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

void write_platform(json::Writer& out, const Platform& platform, const Viewer& viewer);
[[nodiscard]] std::string platform(const Platform& platform, const Viewer& viewer);
[[nodiscard]] std::string platform_list(const std::vector<Platform>& platforms, std::uint64_t total,
                                        const Viewer& viewer);

}  // namespace portcullis::models
