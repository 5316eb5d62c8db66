#include "storage/store.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace portcullis::storage {
namespace {

constexpr std::uint32_t page_rows = 64;

/// Every row of a range, read page by page.
template <class Record>
result<std::vector<Record>> all_of(Engine& engine, Range range, result<Record> (*decode)(const Row&)) {
  std::vector<Record> out;
  for (;;) {
    const result<Rows> rows = engine.read_now(Reads{{}, {range}});
    if (!rows) return rows.error();
    const std::vector<Row>& page = rows->view().ranges[0];
    for (const Row& row : page) {
      result<Record> record = decode(row);
      if (!record) return record.error();
      out.push_back(std::move(*record));
    }
    if (page.size() < range.limit) return out;
    range.first = keys::behind(page.back().key);
  }
}

result<std::optional<Account>> decode_account(const Reads& reads, const View& view) {
  if (!view.values[0]) return std::optional<Account>{};
  if (!view.values[1]) return errc::record_corrupt;  // every user has a credential row, if an empty one
  result<User> user = codec::read<User>(Row{reads.keys[0], *view.values[0]});
  if (!user) return user.error();
  result<Credential> credential = codec::read<Credential>(Row{reads.keys[1], *view.values[1]});
  if (!credential) return credential.error();
  return std::optional<Account>{Account{std::move(*user), std::move(*credential)}};
}

/// A project that never had a user has no counters.
result<codec::Counters> decode_counters(const std::string& key, const std::optional<std::string_view>& value) {
  if (!value) return codec::Counters{};
  return codec::read<codec::Counters>(Row{key, *value});
}

/// Decoding is most of what finding an account costs: where there is none, rows of the usual size are decoded all the
/// same, so that time does not tell.
void decode_nobody() {
  static const auto rows = [] {
    User user;
    user.id = std::string(20, '0');
    user.name = "Nobody";
    user.email = std::string(24, '0');
    user.password_updated_at = Time{};
    Credential credential;
    credential.hash = {"argon2", std::string(97, '0'), std::string(64, '0')};
    return std::pair(codec::put(keys::user({}, user.id), user), codec::put(keys::credential({}, user.id), credential));
  }();
  const Reads reads{{rows.first.key, rows.second.key}, {}};
  const View view{{std::string_view(rows.first.value), std::string_view(rows.second.value)}, {}};
  static_cast<void>(decode_account(reads, view));
}

/// One row of a user's profile range into its place.
bool place_row(const Row& row, keys::UserRow kind, Profile& profile) {
  switch (kind) {
    case keys::UserRow::target:
      return codec::borrow_from(row, profile.targets.emplace_back());
    case keys::UserRow::membership:
      return codec::borrow_from(row, profile.memberships.emplace_back());
    case keys::UserRow::accessed: {
      const result<Time> accessed = codec::read<Time>(row);
      if (accessed) profile.accessed_at = *accessed;
      return static_cast<bool>(accessed);
    }
    case keys::UserRow::prefs:
      return codec::borrow_from(row, profile.prefs);
    default:
      return false;
  }
}

/// Copies values into a block one after the other.
class Block {
 public:
  explicit Block(std::size_t size) : bytes_(std::make_unique_for_overwrite<char[]>(size)), at_(bytes_.get()) {}
  std::string_view keep(std::string_view value) {
    const std::string_view kept(at_, value.size());
    at_ = std::copy(value.begin(), value.end(), at_);
    return kept;
  }
  [[nodiscard]] std::unique_ptr<const char[]> take() { return std::move(bytes_); }

 private:
  std::unique_ptr<char[]> bytes_;
  char* at_;
};

/// What Store::profile declared: the profile's range and perhaps a session's key. user_not_found: no user row.
result<void> read_profile(const Reads& reads, const View& view, Profile& profile) {
  const std::vector<Row>& rows = view.ranges[0];
  if (rows.empty() || !keys::is_user_row(rows.front().key, keys::UserRow::user)) return errc::user_not_found;
  const std::optional<std::string_view> session = view.values.empty() ? std::nullopt : view.values[0];
  std::size_t size = session ? session->size() : 0;
  for (const Row& row : rows) size += row.value.size();
  Block block(size);
  if (!codec::borrow_from(Row{rows.front().key, block.keep(rows.front().value)}, profile.user))
    return errc::record_corrupt;
  // The range holds rows of this one user only: the byte that names the kind is where the user row's key ends.
  const std::size_t kind_at = rows.front().key.size() - 1;
  for (auto row = rows.begin() + 1; row != rows.end(); ++row) {
    if (row->key.size() <= kind_at) return errc::record_corrupt;
    if (!place_row(Row{row->key, block.keep(row->value)}, keys::UserRow{row->key[kind_at]}, profile))
      return errc::record_corrupt;
  }
  if (session && !codec::borrow_from(Row{reads.keys[0], block.keep(*session)}, profile.session.emplace()))
    return errc::record_corrupt;
  profile.bytes = block.take();
  return {};
}

/// The declared profile range and password row at that place.
result<void> read_served(const Reads& reads, const View& view, std::size_t at, ServedUser& served) {
  const View profile_only{{}, {view.ranges[at]}};
  const result<void> read = read_profile(reads, profile_only, served.profile);
  if (!read) return read;
  if (!view.values[at]) return errc::record_corrupt;  // every user has a credential row, if an empty one
  result<Credential> credential = codec::read<Credential>(Row{reads.keys[at], *view.values[at]});
  if (!credential) return credential.error();
  served.credential = std::move(*credential);
  return {};
}

}  // namespace

Profile Profile::shown() const {
  Profile out;
  out.user = user;
  out.accessed_at = accessed_at;
  out.prefs = prefs;
  out.targets = targets;
  return out;
}

result<std::vector<Session>> live_sessions(const std::vector<Row>& rows, Time now) {
  std::vector<Session> sessions;
  sessions.reserve(rows.size());
  for (const Row& row : rows) {
    result<Session> session = codec::read<Session>(row);
    if (!session) return session.error();
    if (is_live(*session, now)) sessions.push_back(std::move(*session));
  }
  const auto older = [](const Session& a, const Session& b) { return a.sequence < b.sequence; };
  std::sort(sessions.begin(), sessions.end(), older);
  return sessions;
}

void erase_expired(Edits& edits, const std::vector<Row>& rows, Time now) {
  for (const Row& row : rows) {
    BorrowedSession session;
    if (codec::borrow_from(row, session) && !is_live(session, now)) edits.erase.emplace_back(row.key);
  }
}

awaitable<result<std::unique_ptr<Profile>>> Store::profile(ProjectNo p, std::string user_id, std::string selector) {
  Reads reads;
  reads.ranges.push_back(keys::user_profile(p, user_id));
  if (!selector.empty()) reads.keys.push_back(keys::session(p, user_id, selector));
  result<std::unique_ptr<Profile>> found{std::make_unique<Profile>()};
  Look look = [profile = found->get()](const Reads& declared, const View& view) {
    return read_profile(declared, view, *profile);
  };
  const result<void> done = co_await engine_.look(std::move(reads), std::move(look));
  if (!done && done.error().code != errc::user_not_found) co_return done.error();
  if (!done) found->reset();
  co_return std::move(found);
}

awaitable<result<std::unique_ptr<ServedUser>>> Store::served_user(ProjectNo p, std::string user_id) {
  Reads reads;
  reads.ranges.push_back(keys::user_profile(p, user_id));
  reads.keys.push_back(keys::credential(p, user_id));
  result<std::unique_ptr<ServedUser>> found{std::make_unique<ServedUser>()};
  Look look = [served = found->get()](const Reads& declared, const View& view) {
    return read_served(declared, view, 0, *served);
  };
  const result<void> done = co_await engine_.look(std::move(reads), std::move(look));
  if (!done && done.error().code != errc::user_not_found) co_return done.error();
  if (!done) found->reset();
  co_return std::move(found);
}

result<std::vector<ServedUser>> Store::served_users_now(ProjectNo p, const std::vector<std::string>& ids) {
  Reads reads;
  for (const std::string& id : ids) {
    reads.ranges.push_back(keys::user_profile(p, id));
    reads.keys.push_back(keys::credential(p, id));
  }
  const result<Rows> rows = engine_.read_now(reads);
  if (!rows) return rows.error();
  std::vector<ServedUser> users;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    ServedUser served;
    const result<void> read = read_served(reads, rows->view(), i, served);
    if (!read && read.error().code == errc::user_not_found) continue;
    if (!read) return read.error();
    users.push_back(std::move(served));
  }
  return users;
}

awaitable<result<std::optional<Account>>> Store::account(ProjectNo p, std::string user_id) {
  Reads reads;
  reads.keys.push_back(keys::user(p, user_id));
  reads.keys.push_back(keys::credential(p, user_id));
  Reads declared = reads;
  const result<Rows> rows = co_await engine_.read(std::move(declared));
  if (!rows) co_return rows.error();
  co_return decode_account(reads, rows->view());
}

awaitable<result<std::optional<Account>>> Store::account_by_email(ProjectNo p, std::string email) {
  result<SignInPremise> premise = co_await sign_in_premise(p, std::move(email));
  if (!premise) co_return premise.error();
  co_return std::move(premise->account);
}

awaitable<result<SignInPremise>> Store::sign_in_premise(ProjectNo p, std::string email) {
  const std::string index = keys::email_index(p, email);
  const std::string counters_key = keys::counters(p);
  Reads reads;
  reads.keys = {index, counters_key};
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  const std::optional<std::string_view> value = rows->view().values[0];
  std::string user_id =
      "-";  // no id begins with `-`: an unknown address makes the second trip as well and costs the same
  if (value) {
    result<std::string> stored = codec::read<std::string>(Row{index, *value});
    if (!stored) co_return stored.error();
    user_id = std::move(*stored);
  }
  result<codec::Counters> counters = decode_counters(counters_key, rows->view().values[1]);
  if (!counters) co_return counters.error();
  result<std::optional<Account>> found = co_await account(p, std::move(user_id));
  if (!found) co_return found.error();
  if (!*found) decode_nobody();
  SignInPremise premise;
  premise.hash_classes = std::move(counters->hash_classes);
  // Between the two trips the address may have moved on; a long one shares its index entry's key by hash only.
  if (*found && (*found)->user.email == email) premise.account = std::move(*found);
  co_return std::move(premise);
}

awaitable<result<std::vector<Session>>> Store::sessions(ProjectNo p, std::string user_id, Time now) {
  Reads reads;
  reads.ranges.push_back(keys::user_sessions(p, user_id));
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  co_return live_sessions(rows->view().ranges[0], now);
}

awaitable<result<codec::Counters>> Store::counters(ProjectNo p) {
  const std::string key = keys::counters(p);
  Reads reads;
  reads.keys.push_back(key);
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  co_return decode_counters(key, rows->view().values[0]);
}

awaitable<result<Store::UserPage>> Store::users(ProjectNo p, std::uint64_t after_sequence, std::uint32_t limit) {
  const std::uint32_t wanted = std::clamp<std::uint32_t>(limit, 1, page_rows);
  Reads order;
  order.ranges.push_back(keys::users_in_order(p, after_sequence, wanted + 1));
  const result<Rows> entries = co_await engine_.read(std::move(order));
  if (!entries) co_return entries.error();
  std::vector<Row> listed = entries->view().ranges[0];
  UserPage page;
  page.next = after_sequence;
  page.more = listed.size() > wanted;
  if (page.more) listed.pop_back();
  Reads users;
  for (const Row& row : listed) {
    const result<std::string> user_id = codec::read<std::string>(row);
    if (!user_id) co_return user_id.error();
    users.keys.push_back(keys::user(p, *user_id));
  }
  if (listed.empty()) co_return page;
  page.next = keys::sequence_of(listed.back().key);
  Reads declared = users;
  const result<Rows> rows = co_await engine_.read(std::move(declared));
  if (!rows) co_return rows.error();
  for (std::size_t i = 0; i < users.keys.size(); ++i) {
    const std::optional<std::string_view> value = rows->view().values[i];
    if (!value) continue;  // deleted between the two trips
    result<User> user = codec::read<User>(Row{users.keys[i], *value});
    if (!user) co_return user.error();
    page.users.push_back(std::move(*user));
  }
  co_return page;
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

awaitable<result<std::optional<MockPhone>>> Store::mock_phone(ProjectNo p, std::string number) {
  const std::string key = keys::mock_phone(p, number);
  Reads reads;
  reads.keys.push_back(key);
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  const std::optional<std::string_view> value = rows->view().values[0];
  if (!value) co_return std::optional<MockPhone>{};
  result<MockPhone> phone = codec::read<MockPhone>(Row{key, *value});
  if (!phone) co_return phone.error();
  co_return std::optional<MockPhone>(std::move(*phone));
}

result<std::vector<Project>> Store::all_projects_now() {
  return all_of<Project>(engine_, keys::projects(page_rows), codec::read<Project>);
}

result<std::vector<ApiKey>> Store::all_keys_now(ProjectNo p) {
  return all_of<ApiKey>(engine_, keys::api_keys(p, page_rows), codec::read<ApiKey>);
}

result<std::vector<ApiKey>> Store::all_dev_keys_now(ProjectNo p) {
  return all_of<ApiKey>(engine_, keys::dev_keys(p, page_rows), codec::read<ApiKey>);
}

result<std::vector<Platform>> Store::all_platforms_now(ProjectNo p) {
  return all_of<Platform>(engine_, keys::platforms(p, page_rows), codec::read<Platform>);
}

result<std::vector<MockPhone>> Store::all_mock_phones_now(ProjectNo p) {
  result<std::vector<MockPhone>> phones =
      all_of<MockPhone>(engine_, keys::mock_phones(p, page_rows), codec::read<MockPhone>);
  if (!phones) return phones;
  const auto earlier = [](const MockPhone& a, const MockPhone& b) {
    return std::tie(a.sequence, a.created_at, a.number) < std::tie(b.sequence, b.created_at, b.number);
  };
  std::sort(phones->begin(), phones->end(), earlier);
  return phones;
}

}  // namespace portcullis::storage
