#pragma once
// API keys and dev keys in answers. Source: docs/contract/project.md 5, 8. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/writer.hpp"
#include "core/project.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

/// A key with its secret; references outlive the call.
struct KeyView {
  const ApiKey& key;
  std::string_view secret;
};
void write_key(json::Writer& out, const KeyView& view, const Viewer& viewer);
[[nodiscard]] std::string key(const KeyView& view, const Viewer& viewer);
[[nodiscard]] std::string ephemeral_key(const KeyView& view, std::string_view project_id, const Viewer& viewer);
[[nodiscard]] std::string key_list(const std::vector<KeyView>& keys, std::uint64_t total, const Viewer& viewer);

/// The same for a dev key.
struct DevKeyView {
  const ApiKey& key;
  std::string_view secret;
};
void write_dev_key(json::Writer& out, const DevKeyView& view, const Viewer& viewer);
[[nodiscard]] std::string dev_key(const DevKeyView& view, const Viewer& viewer);
[[nodiscard]] std::string dev_key_list(const std::vector<DevKeyView>& keys, std::uint64_t total, const Viewer& viewer);

}  // namespace portcullis::models
