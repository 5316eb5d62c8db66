#pragma once
// What all answer models share: the viewer, and the description for OpenAPI. Answers are declared as field lists
// (fields.hpp), one file a noun. Source: docs/contract/account.md 8. Pure; any thread.

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "net/wire/formats.hpp"

namespace portcullis::models {

/// Who reads the answer, and in which response format.
struct Viewer {
  bool privileged = false;  ///< API keys and administrators see secrets
  std::uint32_t format = current_format;
};

/// A model as described in OpenAPI.
struct Shape {
  const char* name;
  std::vector<std::pair<const char*, const char*>> fields;  ///< name, schema
};

}  // namespace portcullis::models
