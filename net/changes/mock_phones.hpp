#pragma once
// What runs inside a commit for mock phone numbers: each function declares its reads and decides purely (engine.hpp).

#include <string>
#include <vector>

#include "core/project.hpp"
#include "storage/change.hpp"

namespace portcullis::changes {

using storage::Change;

/// The code is sealed for keys::mock_phone(p, made.number). Errors: mock_number_already_exists,
/// mock_number_limit_exceeded.
[[nodiscard]] Change<MockPhone> create_mock_phone(ProjectNo p, MockPhone made);
/// Replaces the code. Errors: mock_number_not_found.
[[nodiscard]] Change<MockPhone> update_mock_phone(ProjectNo p, std::string number, Time now, std::string sealed_code);
/// Errors: mock_number_not_found.
[[nodiscard]] Change<bool> delete_mock_phone(ProjectNo p, std::string number);
/// Replaces all mock phone numbers, as one change of the project. Codes are sealed as for create_mock_phone. Errors:
/// project_not_found.
[[nodiscard]] Change<Project> replace_mock_phones(ProjectNo p, std::string project_id, Time now,
                                                  std::vector<MockPhone> made);

}  // namespace portcullis::changes
