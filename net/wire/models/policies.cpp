#include "net/wire/models/policies.hpp"

#include "net/wire/models/fields.hpp"
#include "net/wire/models/shapes.hpp"

namespace portcullis::models {
namespace {

using W = json::Writer;
using namespace schema;

}  // namespace

std::string policy(const wire::Policy& policy, const ProjectSettings& settings) {
  std::string out;
  W writer(out);
  wire::write_policy(writer, policy, settings);
  return out;
}

std::string policy_list(const std::vector<wire::Policy>& policies, const ProjectSettings& settings,
                        std::uint64_t total) {
  return list_of("policies", policies, total,
                 [&](W& w, const wire::Policy& each) { wire::write_policy(w, each, settings); });
}

std::vector<Shape> policy_shapes() {
  std::vector<Shape> all{
      Shape{"Policy", {{"$id", text}}},
      Shape{"PolicyList", {{"total", integer}, {"policies", R"({"type":"array","items":{"type":"object"}})"}}}};
  for (const wire::Policy& policy : wire::policies()) {
    if (!policy.answers_itself) continue;
    Shape made{policy.model, {{"$id", text}}};
    for (const wire::PolicyField& field : policy.fields) made.fields.emplace_back(field.param, field.schema);
    all.push_back(std::move(made));
  }
  return all;
}

}  // namespace portcullis::models
