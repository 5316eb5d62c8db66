#include "core/user.hpp"

#include <cstddef>
#include <tuple>
#include <utility>

namespace portcullis {
namespace {

// The members of each kind, as the one list that all copies are made by. A structured binding needs a name for every
// member, so one that is new does not compile before it is here.

constexpr auto members_of_user = [](auto& user) {
  auto& [id, sequence, created_at, updated_at, name, email, phone, status, email_verified, phone_verified, mfa, reset,
         impersonator, registered_at, password_updated_at, labels] = user;
  return std::tie(id, sequence, created_at, updated_at, name, email, phone, status, email_verified, phone_verified, mfa,
                  reset, impersonator, registered_at, password_updated_at, labels);
};

constexpr auto members_of_target = [](auto& target) {
  auto& [id, created_at, updated_at, user_id, name, provider_id, provider_type, identifier, session_id, expired] =
      target;
  return std::tie(id, created_at, updated_at, user_id, name, provider_id, provider_type, identifier, session_id,
                  expired);
};

template <class To, class From>
void copy_member(To& to, const From& from) {
  to = To(from);
}
template <class To, class From>
void copy_member(std::vector<To>& to, const std::vector<From>& from) {
  to.assign(from.begin(), from.end());
}

/// The same value with texts of the other kind.
template <class To, class From, class Members>
To copy_by(const Members& members, const From& from) {
  To to;
  const auto into = members(to);
  const auto of = members(from);
  const auto each = [&]<std::size_t... at>(std::index_sequence<at...>) {
    (copy_member(std::get<at>(into), std::get<at>(of)), ...);
  };
  each(std::make_index_sequence<std::tuple_size_v<decltype(into)>>());
  return to;
}

}  // namespace

BorrowedUser borrow(const User& user) { return copy_by<BorrowedUser>(members_of_user, user); }
BorrowedTarget borrow(const Target& target) { return copy_by<BorrowedTarget>(members_of_target, target); }
Target own(const BorrowedTarget& target) { return copy_by<Target>(members_of_target, target); }

}  // namespace portcullis
