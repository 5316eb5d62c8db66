#include "net/changes/identities.hpp"

#include <utility>

#include "net/changes/sessions.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/identities.hpp"
#include "storage/users.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

Change<Identity> create_identity(ProjectNo p, Identity made) {
  enum : std::size_t { user_row, counter_row, id_row, provider_row };
  storage::Reads reads{{keys::user(p, made.user_id), keys::counters(p), keys::identity_id_index(p, made.id),
                        keys::identity_provider_index(p, made.provider, made.provider_uid)},
                       {}};
  const std::string user_id = made.user_id;
  const Time now = made.created_at;
  auto decide = [p, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<Identity>> {
    if (!view.values[user_row]) return errc::user_not_found;
    if (view.values[id_row] || view.values[provider_row]) return errc::user_already_exists;
    if (!view.values[counter_row]) return errc::record_corrupt;  // it counts the user
    result<storage::Counters> counters =
        codec::read<storage::Counters>(Row{names[counter_row], *view.values[counter_row]});
    if (!counters) return counters.error();
    Decision<Identity> decision{{}, made};
    decision.value.sequence = counters->next_identity++;
    ++counters->identities;
    storage::put_identity(decision.edits, p, decision.value);
    decision.edits.put.push_back(codec::put(names[counter_row], *counters));
    return decision;
  };
  return erasing_expired(Change<Identity>{std::move(reads), std::move(decide)}, p, user_id, now);
}

Change<Identity> delete_identity(ProjectNo p, std::string user_id, std::string identity_id, Time now) {
  storage::Reads reads{{keys::identity(p, user_id, identity_id), keys::counters(p)}, {}};
  auto decide = [p, names = reads.keys](const View& view) -> result<Decision<Identity>> {
    if (!view.values[0]) return errc::user_identity_not_found;
    result<Identity> identity = codec::read<Identity>(Row{names[0], *view.values[0]});
    if (!identity) return identity.error();
    if (!view.values[1]) return errc::record_corrupt;
    result<storage::Counters> counters = codec::read<storage::Counters>(Row{names[1], *view.values[1]});
    if (!counters) return counters.error();
    if (counters->identities > 0) --counters->identities;
    Decision<Identity> decision;
    storage::erase_identity(decision.edits, p, *identity);
    decision.edits.put.push_back(codec::put(names[1], *counters));
    decision.value = std::move(*identity);
    return decision;
  };
  return erasing_expired(Change<Identity>{std::move(reads), std::move(decide)}, p, user_id, now);
}

}  // namespace portcullis::changes
