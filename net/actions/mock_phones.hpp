#pragma once
// The code of a mock phone number, which is stored sealed. Source: docs/contract/project.md 6.

#include <string>

#include "core/error.hpp"
#include "core/project.hpp"
#include "core/secret.hpp"
#include "net/state/services.hpp"

namespace portcullis {

[[nodiscard]] std::string seal_mock_code(const Services& services, ProjectNo project, std::string_view number,
                                         const Secret& code);
/// Errors: record_corrupt when the code cannot be unsealed.
[[nodiscard]] result<Secret> open_mock_code(const Services& services, ProjectNo project, const MockPhone& phone);

}  // namespace portcullis
