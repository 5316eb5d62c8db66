#include "net/changes/targets.hpp"

#include <utility>

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;

Target make_target(std::string user_id, std::string id, std::string type, std::string identifier, Time now) {
  Target target;
  target.id = std::move(id);
  target.created_at = target.updated_at = now;
  target.user_id = std::move(user_id);
  target.provider_type = std::move(type);
  target.identifier = std::move(identifier);
  return target;
}

void put_target(storage::Edits& edits, ProjectNo p, const Target& target) {
  edits.put.push_back(codec::put(keys::target(p, target.user_id, target.id), target));
  const codec::TargetRef ref{target.user_id, target.id};
  edits.put.push_back(codec::put(keys::identifier_index(p, target.identifier), ref));
}

}  // namespace portcullis::changes
