#pragma once
// All answer models for OpenAPI. Pure; any thread.

#include <vector>

#include "net/wire/models/model.hpp"

namespace portcullis::models {

[[nodiscard]] const std::vector<Shape>& shapes();

// The models of each noun, defined beside their writers.
[[nodiscard]] std::vector<Shape> user_shapes();
[[nodiscard]] std::vector<Shape> session_shapes();
[[nodiscard]] std::vector<Shape> target_shapes();
[[nodiscard]] std::vector<Shape> token_shapes();
[[nodiscard]] std::vector<Shape> identity_shapes();
[[nodiscard]] std::vector<Shape> project_shapes();
[[nodiscard]] std::vector<Shape> policy_shapes();
[[nodiscard]] std::vector<Shape> platform_shapes();
[[nodiscard]] std::vector<Shape> mock_phone_shapes();
[[nodiscard]] std::vector<Shape> key_shapes();
[[nodiscard]] std::vector<Shape> team_shapes();

}  // namespace portcullis::models
