#include "net/changes/teams.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "storage/codec.hpp"
#include "storage/keys.hpp"
#include "storage/teams.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

Membership make_membership(std::string id, std::string user_id, std::string team_id, std::vector<std::string> roles,
                           Time now) {
  Membership membership;
  membership.id = std::move(id);
  membership.created_at = membership.updated_at = membership.invited_at = now;
  membership.joined_at = now;
  membership.user_id = std::move(user_id);
  membership.team_id = std::move(team_id);
  membership.roles = std::move(roles);
  membership.confirmed = true;
  return membership;
}

result<void> leave_teams(storage::Edits& edits, ProjectNo p, const View& view, const std::vector<Row>& user_rows,
                         const std::vector<std::string>& teams, std::size_t first_team) {
  std::map<std::string, std::uint64_t> leaving;
  for (const Row& row : user_rows) {
    if (!keys::is_user_row(row.key, keys::UserRow::membership)) continue;
    const result<Membership> membership = codec::read<Membership>(row);
    if (!membership) return membership.error();
    storage::erase_membership(edits, p, *membership);
    leaving[membership->team_id] += membership->confirmed ? 1U : 0U;
  }
  for (const auto& [id, members] : leaving) {
    const auto declared = std::find(teams.begin(), teams.end(), id);
    if (declared == teams.end()) return errc::again;
    const std::string key = keys::team(p, id);
    const std::optional<std::string_view>& value =
        view.values[first_team + static_cast<std::size_t>(declared - teams.begin())];
    if (!value) return errc::record_corrupt;
    result<Team> team = codec::read<Team>(Row{key, *value});
    if (!team) return team.error();
    team->total -= std::min(team->total, members);
    edits.put.push_back(codec::put(key, *team));
  }
  return {};
}

Change<Team> create_team(ProjectNo p, Team made, std::optional<Membership> creator) {
  storage::Reads reads{{keys::team(p, made.id)}, {}};
  if (creator) reads.ranges.push_back(keys::user_memberships(p, creator->user_id));
  auto decide = [p, made = std::move(made), creator = std::move(creator),
                 key = reads.keys[0]](const View& view) -> result<Decision<Team>> {
    if (view.values[0]) return errc::team_already_exists;
    if (creator && view.ranges[0].size() >= most_memberships) return errc::general_bad_request;
    Decision<Team> decision;
    decision.value = made;
    decision.value.total = creator ? 1 : 0;
    decision.edits.put.push_back(codec::put(key, decision.value));
    if (creator) storage::put_membership(decision.edits, p, *creator);
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

}  // namespace portcullis::changes
