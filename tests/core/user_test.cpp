#include "core/user.hpp"

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <string>
#include <tuple>
#include <utility>

namespace portcullis {
namespace {

/// Every member, by a list of the test's own: a structured binding that lacks one does not compile.
constexpr auto all_of_user = [](auto& user) {
  auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = user;
  return std::tie(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
};
constexpr auto all_of_target = [](auto& target) {
  auto& [a, b, c, d, e, f, g, h, i, j] = target;
  return std::tie(a, b, c, d, e, f, g, h, i, j);
};

void give_value(std::string& member, std::size_t at) { member = "member " + std::to_string(at); }
void give_value(std::uint64_t& member, std::size_t at) { member = 1000 + at; }
void give_value(bool& member, std::size_t) { member = !member; }
void give_value(Time& member, std::size_t at) { member = from_millis(1'700'000'000'000 + static_cast<int>(at)); }
void give_value(std::optional<Time>& member, std::size_t at) { give_value(member.emplace(), at); }
void give_value(std::vector<std::string>& member, std::size_t at) { member = {"a", std::to_string(at)}; }

template <class A, class B>
bool same(const A& a, const B& b) {
  return a == b;
}
template <class A, class B>
bool same(const std::vector<A>& a, const std::vector<B>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

/// Of `owned`, each member given a value that no new one has, every member is in what `copy` makes of it.
template <class Owned, class Members, class Copy>
void check_members(const Members& members, const Copy& copy) {
  Owned owned;
  const Owned fresh;
  const auto source = members(owned);
  const auto defaults = members(fresh);
  const auto each = [&]<std::size_t... at>(std::index_sequence<at...>) {
    (give_value(std::get<at>(source), at), ...);
    const auto copied = copy(owned);
    const auto found = members(copied);
    const auto check = [](std::size_t place, bool changed, bool kept) {
      BOOST_TEST(changed, "member " << place << " has a value of its own");
      BOOST_TEST(kept, "member " << place << " is copied");
    };
    (check(at, !same(std::get<at>(source), std::get<at>(defaults)), same(std::get<at>(source), std::get<at>(found))),
     ...);
  };
  each(std::make_index_sequence<std::tuple_size_v<decltype(source)>>());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(users)

BOOST_AUTO_TEST_CASE(a_borrowed_user_has_every_member) {
  check_members<User>(all_of_user, [](const User& user) { return borrow(user); });
}

BOOST_AUTO_TEST_CASE(a_borrowed_target_has_every_member_and_so_has_one_that_owns_again) {
  check_members<Target>(all_of_target, [](const Target& target) { return borrow(target); });
  check_members<Target>(all_of_target, [](const Target& target) { return own(borrow(target)); });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis
