#include "storage/query/users.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/user.hpp"
#include "core/words.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/keys.hpp"
#include "storage/query/totals.hpp"
#include "storage/users.hpp"

namespace portcullis::storage::query {
namespace {

using keys::Sorted;

/// What a user shows; the rows it was read from live as long as it does.
class UserItem final : public Item {
 public:
  std::shared_ptr<const Rows> rows;
  BorrowedUser user;
  Time accessed_at{};

  [[nodiscard]] Shown show(std::size_t attribute) const override;
  [[nodiscard]] std::string_view id() const override { return user.id; }
  [[nodiscard]] std::uint64_t sequence() const override { return user.sequence; }
};

Shown shown(std::string_view text) { return text.empty() ? Shown{} : Shown{text}; }
Shown shown(Time time) { return to_millis(time); }
Shown shown(const std::optional<Time>& time) { return time ? shown(*time) : Shown{}; }

/// An attribute and how it is read.
struct Declared {
  Attribute attribute;
  Shown (*read)(const UserItem&);
};
constexpr std::array declared{
    Declared{{"$id", Type::exact}, [](const UserItem& u) -> Shown { return u.user.id; }},
    Declared{{"$sequence", Type::number},
             [](const UserItem& u) -> Shown { return static_cast<std::int64_t>(u.user.sequence); }},
    Declared{{"$createdAt", Type::time}, [](const UserItem& u) { return shown(u.user.created_at); }},
    Declared{{"$updatedAt", Type::time}, [](const UserItem& u) { return shown(u.user.updated_at); }},
    Declared{{"name", Type::text}, [](const UserItem& u) -> Shown { return u.user.name; }},
    Declared{{"email", Type::text, true}, [](const UserItem& u) { return shown(u.user.email); }},
    Declared{{"phone", Type::exact}, [](const UserItem& u) { return shown(u.user.phone); }},
    Declared{{"status", Type::boolean}, [](const UserItem& u) -> Shown { return u.user.status; }},
    Declared{{"passwordUpdate", Type::time}, [](const UserItem& u) { return shown(u.user.password_updated_at); }},
    Declared{{"registration", Type::time}, [](const UserItem& u) { return shown(u.user.registered_at); }},
    Declared{{"emailVerification", Type::boolean}, [](const UserItem& u) -> Shown { return u.user.email_verified; }},
    Declared{{"phoneVerification", Type::boolean}, [](const UserItem& u) -> Shown { return u.user.phone_verified; }},
    Declared{{"labels", Type::list}, [](const UserItem& u) -> Shown { return u.user.labels; }},
    Declared{{"impersonator", Type::boolean}, [](const UserItem& u) -> Shown { return u.user.impersonator; }},
    Declared{{"accessedAt", Type::time},
             [](const UserItem& u) { return to_millis(u.accessed_at) == 0 ? Shown{} : shown(u.accessed_at); }},
};

constexpr auto attributes = [] {
  std::array<Attribute, declared.size()> all{};
  std::transform(declared.begin(), declared.end(), all.begin(), [](const Declared& d) { return d.attribute; });
  return all;
}();

consteval std::size_t attribute_at(std::string_view name) {
  std::size_t at = 0;
  while (attributes[at].name != name) ++at;
  return at;
}
enum : std::size_t {
  by_id = attribute_at("$id"),
  by_sequence = attribute_at("$sequence"),
  by_creation = attribute_at("$createdAt"),
  by_name = attribute_at("name"),
  by_email = attribute_at("email"),
  by_phone = attribute_at("phone"),
  by_registration = attribute_at("registration"),
  by_labels = attribute_at("labels")
};

Shown UserItem::show(std::size_t attribute) const { return declared[attribute].read(*this); }

Time time_of(const Operand& value) { return from_millis(std::get<std::int64_t>(value)); }

/// Longer texts are stored cut or hashed behind this much of them (storage/keys.hpp).
constexpr std::size_t verbatim_bytes = 48;

/// A text as the index of its attribute has it, as far as it is there verbatim.
std::string indexed_text(std::size_t attribute, const Operand& value) {
  const std::string& text = std::get<std::string>(value);
  return (attribute == by_name ? keys::sorted_text(text) : text).substr(0, verbatim_bytes);
}

/// The beginning of an index; empty where there is none.
std::string index_prefix(ProjectNo p, std::size_t attribute) {
  switch (attribute) {
    case by_id:
      return keys::prefix_of(p, keys::kind_user);
    case by_email:
      return keys::prefix_of(p, keys::kind_email);
    case by_phone:
      return keys::prefix_of(p, keys::kind_phone);
    case by_sequence:
      return keys::prefix_of(p, keys::kind_order);
    case by_name:
      return keys::sorted_group(p, Sorted::name);
    case by_creation:
      return keys::sorted_group(p, Sorted::created);
    case by_registration:
      return keys::sorted_group(p, Sorted::registered);
    default:
      return {};
  }
}

}  // namespace

std::span<const Attribute> user_attributes() noexcept { return attributes; }

result<std::vector<std::string>> user_ids(Engine& engine, ProjectNo p, std::span<const Ref> refs) {
  std::vector<std::string> ids;
  Reads reads;
  for (const Ref& ref : refs) {
    ids.push_back(ref.id);
    if (ref.id.empty()) reads.keys.push_back(keys::order_index(p, ref.sequence));
  }
  if (reads.keys.empty()) return ids;
  const result<Rows> rows = engine.read_now(reads);
  if (!rows) return rows.error();
  std::size_t at = 0;
  for (std::string& id : ids) {
    if (!id.empty()) continue;
    const std::optional<std::string_view>& value = rows->view().values[at];
    if (value) {
      result<std::string> stored = codec::read<std::string>(Row{reads.keys[at], *value});
      if (!stored) return stored.error();
      id = std::move(*stored);
    }
    ++at;
  }
  return ids;
}

std::optional<Index> Users::index(std::size_t attribute) const {
  const std::string prefix = index_prefix(p_, attribute);
  if (prefix.empty()) return std::nullopt;
  Index index{Range{prefix, keys::beyond(prefix)}, {}, true};
  if (attribute == by_email) index.nulls = keys::sorted_group(p_, Sorted::no_email);
  if (attribute == by_phone) index.nulls = keys::sorted_group(p_, Sorted::no_phone);
  index.all.keys_only = attribute == by_id;  // the rows of users, which may be long
  index.unique = attribute != by_name && attribute != by_creation && attribute != by_registration;
  return index;
}

std::string Users::floor(std::size_t attribute, const Operand& value) const {
  switch (attribute) {
    case by_sequence:
      return keys::order_index(p_,
                               static_cast<std::uint64_t>(std::max<std::int64_t>(0, std::get<std::int64_t>(value))));
    case by_creation:
      return keys::sorted_group(p_, Sorted::created, time_of(value));
    case by_registration:
      return keys::sorted_group(p_, Sorted::registered, time_of(value));
    default:
      return index_prefix(p_, attribute) + indexed_text(attribute, value);
  }
}

std::string Users::ceiling(std::size_t attribute, const Operand& value) const {
  const bool whole =
      std::holds_alternative<std::string>(value) && indexed_text(attribute, value).size() < verbatim_bytes;
  if (!whole) return keys::beyond(floor(attribute, value));
  return floor(attribute, value) + '\1';  // behind the NUL that ends this text, before all that go on
}

std::string Users::entry(std::size_t attribute, const Item& item) const {
  const auto& user = dynamic_cast<const UserItem&>(item).user;
  switch (attribute) {
    case by_email:
      return keys::email_index(p_, user.email);
    case by_phone:
      return keys::phone_index(p_, user.phone);
    case by_id:
      return keys::user(p_, user.id);
    case by_name:
      return keys::entry(keys::name_group(p_, user.name), user.sequence);
    case by_creation:
      return keys::entry(keys::sorted_group(p_, Sorted::created, user.created_at), user.sequence);
    case by_registration:
      return keys::entry(keys::sorted_group(p_, Sorted::registered, user.registered_at), user.sequence);
    default:
      return keys::order_index(p_, user.sequence);
  }
}

std::string Users::group(std::size_t attribute, const Operand& value) const {
  if (attribute == by_creation || attribute == by_registration) return floor(attribute, value);
  if (attribute == by_name) {
    const std::string& text = std::get<std::string>(value);
    return keys::sorted_text(text).size() < keys::sorted_text_bytes ? keys::name_group(p_, text) : std::string();
  }
  if (attribute != by_labels) return {};
  const std::vector<std::string> words = words_of(std::get<std::string>(value));
  return words.size() == 1 ? keys::word_group(p_, words.front()) : std::string();
}

std::string Users::word_group(std::string_view word) const { return keys::word_group(p_, word); }

std::string Users::word_of(std::string_view key) const {
  const std::optional<keys::Parsed> parsed = keys::parse(key);
  return parsed ? std::string(parsed->text) : std::string();
}

result<Ref> Users::ref(const Row& row) const {
  const std::optional<keys::Parsed> parsed = keys::parse(row.key);
  if (!parsed) return errc::record_corrupt;
  if (parsed->kind == keys::kind_user) return Ref{0, std::string(parsed->text)};
  if (parsed->kind == keys::kind_word || parsed->kind == keys::kind_sorted) {
    const result<void> sound = codec::mark(row);
    if (!sound) return sound.error();
    return Ref{keys::sequence_of(row.key), {}};
  }
  result<std::string> id = codec::read<std::string>(row);
  if (!id) return id.error();
  return Ref{keys::sequence_of(row.key), std::move(*id)};
}

Range Users::extent(const Row& row) const {
  const std::optional<keys::Parsed> parsed = keys::parse(row.key);
  if (parsed && parsed->kind == keys::kind_user) return keys::whole_user(p_, parsed->text);
  return Range{std::string(row.key), keys::behind(row.key)};
}

result<std::vector<std::unique_ptr<Item>>> Users::load(Engine& engine, std::span<const Ref> refs) const {
  const result<std::vector<std::string>> ids = user_ids(engine, p_, refs);
  if (!ids) return ids.error();
  Reads reads;
  for (const std::string& id : *ids) {
    reads.keys.push_back(keys::user(p_, id));
    reads.keys.push_back(keys::accessed(p_, id));
  }
  result<Rows> read = engine.read_now(reads);
  if (!read) return read.error();
  const auto rows = std::make_shared<const Rows>(std::move(*read));
  std::vector<std::unique_ptr<Item>> items(refs.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    const std::optional<std::string_view>& user = rows->view().values[2 * i];
    const std::optional<std::string_view>& accessed = rows->view().values[2 * i + 1];
    if (!user) continue;
    auto item = std::make_unique<UserItem>();
    item->rows = rows;
    if (!codec::borrow_from(Row{reads.keys[2 * i], *user}, item->user)) return errc::record_corrupt;
    if (accessed) {
      const result<Time> at = codec::read<Time>(Row{reads.keys[2 * i + 1], *accessed});
      if (!at) return at.error();
      item->accessed_at = *at;
    }
    items[i] = std::move(item);
  }
  return items;
}

std::string Users::searched(const Item& item) const { return search_text(dynamic_cast<const UserItem&>(item).user); }

std::size_t Users::sequence_attribute() const noexcept { return by_sequence; }

result<std::uint64_t> Users::count(Engine& engine) const {
  const result<Counters> counters = counters_now(engine, p_);
  if (!counters) return counters.error();
  return counters->users;
}

}  // namespace portcullis::storage::query
