#include "net/changes/targets.hpp"

#include <utility>

#include "net/changes/sessions.hpp"
#include "storage/codec.hpp"
#include "storage/targets.hpp"
#include "storage/users.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

namespace {

result<Target> found_target(const std::string& key, const std::optional<std::string_view>& value) {
  if (!value) return errc::user_target_not_found;
  return codec::read<Target>(Row{key, *value});
}

}  // namespace

Target make_target(std::string user_id, std::string id, std::string type, std::string identifier, Time now) {
  Target target;
  target.id = std::move(id);
  target.created_at = target.updated_at = now;
  target.user_id = std::move(user_id);
  target.provider_type = std::move(type);
  target.identifier = std::move(identifier);
  return target;
}

Change<Target> create_target(ProjectNo p, Target made) {
  enum : std::size_t { user_row, id_row, identifier_row };
  storage::Reads reads{
      {keys::user(p, made.user_id), keys::target_index(p, made.id), keys::identifier_index(p, made.identifier)},
      {keys::user_targets(p, made.user_id)}};
  const std::string user_id = made.user_id;
  const Time now = made.created_at;
  auto decide = [p, made = std::move(made)](const View& view) -> result<Decision<Target>> {
    if (!view.values[user_row]) return errc::user_not_found;
    if (view.values[id_row] || view.values[identifier_row]) return errc::user_target_already_exists;
    if (view.ranges[0].size() >= most_targets) return errc::general_bad_request;
    Decision<Target> decision{{}, made};
    storage::put_target(decision.edits, p, made);
    return decision;
  };
  return erasing_expired(Change<Target>{std::move(reads), std::move(decide)}, p, user_id, now);
}

Change<Target> update_target(ProjectNo p, std::string user_id, std::string target_id, Time now, TargetUpdate made) {
  enum : std::size_t { target_row, identifier_row };
  const std::string own = keys::target(p, user_id, target_id);  // read twice where the identifier stays
  storage::Reads reads{{own, made.identifier ? keys::identifier_index(p, *made.identifier) : own}, {}};
  auto decide = [p, now, made = std::move(made), own](const View& view) -> result<Decision<Target>> {
    result<Target> target = found_target(own, view.values[target_row]);
    if (!target) return target.error();
    if (target->provider_type != made.type) return errc::again;
    Decision<Target> decision;
    if (made.identifier && *made.identifier != target->identifier) {
      if (view.values[identifier_row]) return errc::user_target_already_exists;
      decision.edits.erase.push_back(keys::identifier_index(p, target->identifier));
      target->identifier = *made.identifier;
    }
    if (made.identifier) target->expired = false;
    if (made.name) target->name = *made.name;
    target->updated_at = now;
    storage::put_target(decision.edits, p, *target);
    decision.value = std::move(*target);
    return decision;
  };
  return erasing_expired(Change<Target>{std::move(reads), std::move(decide)}, p, user_id, now);
}

Change<Target> delete_target(ProjectNo p, std::string user_id, std::string target_id, Time now) {
  storage::Reads reads{{keys::target(p, user_id, target_id)}, {}};
  auto decide = [p, key = reads.keys[0]](const View& view) -> result<Decision<Target>> {
    result<Target> target = found_target(key, view.values[0]);
    if (!target) return target.error();
    Decision<Target> decision;
    storage::erase_target(decision.edits, p, *target);
    decision.value = std::move(*target);
    return decision;
  };
  return erasing_expired(Change<Target>{std::move(reads), std::move(decide)}, p, user_id, now);
}

}  // namespace portcullis::changes
