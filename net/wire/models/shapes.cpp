#include "net/wire/models/shapes.hpp"

#include <iterator>

#include "net/wire/models/fields.hpp"

namespace portcullis::models {
namespace {

using namespace schema;

/// Models that belong to no noun.
std::vector<Shape> other_shapes() {
  return {Shape{"HealthStatus", {{"name", text}, {"ping", integer}, {"status", text}}},
          Shape{"HealthStatusList",
                {{"total", integer},
                 {"statuses", R"({"type":"array","items":{"$ref":"#/components/schemas/HealthStatus"}})"}}},
          Shape{"HealthVersion", {{"version", text}}},
          Shape{"Error", {{"message", text}, {"code", integer}, {"type", text}, {"version", text}}}};
}

}  // namespace

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all = [] {
    std::vector<Shape> made;
    for (std::vector<Shape> more :
         {user_shapes(), session_shapes(), target_shapes(), token_shapes(), identity_shapes(), project_shapes(),
          policy_shapes(), team_shapes(), key_shapes(), mock_phone_shapes(), platform_shapes(), other_shapes()})
      made.insert(made.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return made;
  }();
  return all;
}

}  // namespace portcullis::models
