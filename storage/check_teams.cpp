// What check() holds of teams: their rows, their members and how many they are.

#include "core/team.hpp"
#include "storage/check_walk.hpp"
#include "storage/codec.hpp"
#include "storage/keys.hpp"
#include "storage/teams.hpp"

namespace portcullis::storage {

void CheckWalk::team(const Row& row, ProjectNo p) {
  const std::optional<Team> team = decode<Team>(row, codec::read<Team>);
  if (!team) return;
  expect(keys::team(p, team->id) == row.key, row, "the team inside has another id");
  tallies_[p].team_totals[team->id] = team->total;
}

void CheckWalk::membership(const Row& row, ProjectNo p) {
  const std::optional<Membership> membership = decode<Membership>(row, codec::read<Membership>);
  if (!membership) return;
  expect(keys::membership(p, membership->user_id, membership->id) == row.key, row,
         "the membership inside has another user or id");
  const std::optional<std::string> user =
      look_up<std::string>(keys::member(p, membership->team_id, membership->id), codec::read<std::string>);
  expect(user && *user == membership->user_id, row, "the membership's entry under its team is missing");
  expect(snapshot_.find(keys::team(p, membership->team_id)).has_value(), row, "it is of a team that is not there");
  if (membership->confirmed) ++tallies_[p].members[membership->team_id];
}

void CheckWalk::member_entry(const Row& row, ProjectNo p) {
  const std::optional<std::string> user_id = decode<std::string>(row, codec::read<std::string>);
  const std::optional<keys::Parsed> parsed = keys::parse(row.key);
  if (!user_id || !parsed) return;
  const std::optional<Membership> membership =
      look_up<Membership>(keys::membership(p, *user_id, parsed->detail), codec::read<Membership>);
  expect(membership && keys::member(p, membership->team_id, membership->id) == row.key, row,
         "the entry names a user without this membership");
}

void CheckWalk::count_members(const std::string& project, const Tally& tally) {
  for (const auto& [team, total] : tally.team_totals) {
    const auto found = tally.members.find(team);
    if (total != (found == tally.members.end() ? 0 : found->second))
      problem(std::string(project).append(": team ").append(team).append(" does not count its confirmed members"));
  }
}

}  // namespace portcullis::storage
