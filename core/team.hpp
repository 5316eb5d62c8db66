#pragma once
// A team and who belongs to it, as plain values: owning their texts, or borrowing them (core/user.hpp).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace portcullis {

struct Team {
  std::string id;
  Time created_at{};
  Time updated_at{};
  std::string name;
  std::uint64_t total = 0;   ///< confirmed members
  std::string prefs = "{}";  ///< JSON object text
  friend bool operator==(const Team&, const Team&) = default;
};

/// One user's membership in one team.
template <class Text>
struct BasicMembership {
  Text id;
  Time created_at{};
  Time updated_at{};
  Text user_id;
  Text team_id;
  std::vector<Text> roles;
  Time invited_at{};
  std::optional<Time> joined_at;               ///< none until the invitation is accepted
  bool confirmed = false;                      ///< an unconfirmed membership gives no roles
  std::array<std::uint8_t, 32> secret_hash{};  ///< SHA-256 of the invitation's secret; zeros when there was none
  friend bool operator==(const BasicMembership&, const BasicMembership&) = default;
};
using Membership = BasicMembership<std::string>;
using BorrowedMembership = BasicMembership<std::string_view>;

/// The role that may change a team and its members.
inline constexpr std::string_view owner_role = "owner";

}  // namespace portcullis
