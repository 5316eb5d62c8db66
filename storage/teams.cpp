#include "storage/teams.hpp"

#include <utility>

#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

std::string team(ProjectNo p, std::string_view team_id) { return text_key(p, kind_team, team_id); }

std::string member(ProjectNo p, std::string_view team_id, std::string_view membership_id) {
  std::string key = text_key(p, kind_member, team_id);
  append_text(key, membership_id);
  return key;
}

std::string membership(ProjectNo p, std::string_view user_id, std::string_view membership_id) {
  return user_key(p, user_id, UserRow::membership, membership_id);
}

Range user_memberships(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::membership, UserRow::membership);
}

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, Of<Team> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.name, v.total, v.prefs);
}

template <class Io, OfAny<BasicMembership> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.user_id, v.team_id, v.roles, v.invited_at, v.joined_at, v.confirmed,
     v.secret_hash);
}

template Put put(std::string, const Team&);
template result<Team> read(const Row&);
template Put put(std::string, const Membership&);
template result<Membership> read(const Row&);
template bool borrow_from(const Row&, BorrowedMembership&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

void put_membership(Edits& edits, ProjectNo p, const Membership& membership) {
  edits.put.push_back(codec::put(keys::membership(p, membership.user_id, membership.id), membership));
  edits.put.push_back(codec::put_text(keys::member(p, membership.team_id, membership.id), membership.user_id));
}

void erase_membership(Edits& edits, ProjectNo p, const Membership& membership) {
  edits.erase.push_back(keys::membership(p, membership.user_id, membership.id));
  edits.erase.push_back(keys::member(p, membership.team_id, membership.id));
}

awaitable<result<std::vector<Team>>> Store::teams(ProjectNo p, std::vector<std::string> team_ids) {
  Reads reads;
  for (const std::string& id : team_ids) reads.keys.push_back(keys::team(p, id));
  Reads declared = reads;
  const result<Rows> rows = co_await engine_.read(std::move(declared));
  if (!rows) co_return rows.error();
  std::vector<Team> teams;
  for (std::size_t i = 0; i < reads.keys.size(); ++i) {
    const std::optional<std::string_view>& value = rows->view().values[i];
    if (!value) continue;
    result<Team> team = codec::read<Team>(Row{reads.keys[i], *value});
    if (!team) co_return team.error();
    teams.push_back(std::move(*team));
  }
  co_return teams;
}

awaitable<result<std::optional<Team>>> Store::team(ProjectNo p, std::string team_id) {
  std::vector<std::string> ids;
  ids.push_back(std::move(team_id));
  result<std::vector<Team>> found = co_await teams(p, std::move(ids));
  if (!found) co_return found.error();
  if (found->empty()) co_return std::optional<Team>{};
  co_return std::optional<Team>(std::move(found->front()));
}

}  // namespace portcullis::storage
