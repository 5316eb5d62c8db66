#pragma once
// What a commit finds, for tests of decisions alone: rows in memory, the views that changes declare, and what is left
// when their edits are applied. No engine. One thread.

#include <boost/test/unit_test.hpp>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "storage/change.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/keys.hpp"
#include "storage/sessions.hpp"
#include "storage/targets.hpp"
#include "storage/users.hpp"

namespace portcullis::test {

inline constexpr ProjectNo in_project{7};
inline constexpr Time before_noon = from_millis(1'700'000'000'000);
inline constexpr Time noon = from_millis(1'700'000'060'000);

class FoundRows {
 public:
  template <class Record>
  void add(std::string key, const Record& record) {
    storage::Put row = storage::codec::put(std::move(key), record);
    rows_[std::move(row.key)] = std::move(row.value);
  }
  void apply(const storage::Edits& edits) {
    for (const std::string& key : edits.erase) rows_.erase(key);
    for (const storage::Put& row : edits.put) rows_[row.key] = row.value;
  }
  [[nodiscard]] bool holds(std::string_view key) const { return rows_.find(key) != rows_.end(); }
  /// Of a row that is there.
  template <class Record>
  [[nodiscard]] Record read(std::string_view key) const {
    const auto at = rows_.find(key);
    BOOST_REQUIRE(at != rows_.end());
    return storage::codec::read<Record>(storage::Row{at->first, at->second}).value();
  }
  [[nodiscard]] storage::View view(const storage::Reads& reads) const {
    storage::View view;
    for (const std::string& key : reads.keys) {
      const auto at = rows_.find(key);
      view.values.push_back(at == rows_.end() ? std::nullopt : std::optional<std::string_view>(at->second));
    }
    for (const storage::Range& range : reads.ranges) {
      std::vector<storage::Row>& found = view.ranges.emplace_back();
      for (auto at = rows_.lower_bound(range.first); at != rows_.lower_bound(range.last); ++at)
        if (found.size() < range.limit) found.push_back(storage::Row{at->first, at->second});
    }
    return view;
  }
  /// What the change answers; its edits are applied unless it refuses.
  template <class T>
  result<T> commit(const storage::Change<T>& change) {
    result<storage::Decision<T>> decision = change.decide(view(change.reads));
    if (!decision) return decision.error();
    apply(decision->edits);
    return std::move(decision->value);
  }
  /// The error that the change answers; empty when it refuses nothing.
  template <class T>
  [[nodiscard]] std::optional<errc> refusal(const storage::Change<T>& change) const {
    const result<storage::Decision<T>> decision = change.decide(view(change.reads));
    return decision ? std::nullopt : std::optional<errc>(decision.error().code);
  }
  friend bool operator==(const FoundRows&, const FoundRows&) = default;

 private:
  std::map<std::string, std::string, std::less<>> rows_;
};

inline User named_user(std::string id) {
  User user;
  user.id = std::move(id);
  user.email = user.id + "@example.com";
  user.sequence = 1;
  user.created_at = user.updated_at = user.registered_at = before_noon;
  return user;
}

/// Stores `ada`, whose password has been set twice, with the counts of a project that has one user.
struct OneUser {
  OneUser() { add_user(ada, password); }
  void add_user(const User& user, const Credential& credential) {
    storage::Edits edits;
    storage::put_new_user(edits, in_project, user);
    storage::put_new_credential(edits, in_project, user.id, credential, counters);
    counters.users += 1;
    counters.next_sequence = user.sequence + 1;
    edits.put.push_back(storage::codec::put(storage::keys::counters(in_project), counters));
    rows.apply(edits);
  }
  void add_target(std::string id, std::string identifier) {
    Target target;
    target.id = std::move(id);
    target.user_id = ada.id;
    target.provider_type = "email";
    target.identifier = std::move(identifier);
    rows.add(storage::keys::target(in_project, ada.id, target.id), target);
    const storage::TargetRef ref{ada.id, target.id};
    rows.add(storage::keys::identifier_index(in_project, target.identifier), ref);
    rows.add(storage::keys::target_index(in_project, target.id), ref);
  }
  /// A session that ends at `expires_at`.
  Session add_session(const std::string& name, std::uint64_t sequence, Time expires_at) {
    Session session;
    session.id = session.selector = name;
    session.user_id = ada.id;
    session.sequence = sequence;
    session.created_at = before_noon;
    session.expires_at = expires_at;
    rows.add(storage::keys::session(in_project, ada.id, name), session);
    return session;
  }
  [[nodiscard]] bool has_session(const std::string& name) const {
    return rows.holds(storage::keys::session(in_project, ada.id, name));
  }
  [[nodiscard]] User stored() const { return rows.read<User>(storage::keys::user(in_project, ada.id)); }
  [[nodiscard]] Credential stored_password() const {
    return rows.read<Credential>(storage::keys::credential(in_project, ada.id));
  }
  [[nodiscard]] storage::Counters stored_counters() const {
    return rows.read<storage::Counters>(storage::keys::counters(in_project));
  }
  void store(const User& user) {
    ada = user;
    rows.add(storage::keys::user(in_project, ada.id), ada);
  }

  User ada = named_user("ada");
  Credential password{{"argon2", "$argon2id$v=19$m=64,t=3,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA", "{}"}, 2, {}};
  storage::Counters counters;
  FoundRows rows;
};

}  // namespace portcullis::test
