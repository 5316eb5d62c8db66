#include "storage/query/identities.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/identities.hpp"
#include "storage/keys.hpp"
#include "storage/query/totals.hpp"

namespace portcullis::storage::query {
namespace {

class IdentityItem final : public Item {
 public:
  explicit IdentityItem(Identity record) : identity(std::move(record)) {}
  [[nodiscard]] Shown show(std::size_t attribute) const override;
  [[nodiscard]] std::string_view id() const override { return identity.id; }
  [[nodiscard]] std::uint64_t sequence() const override { return identity.sequence; }
  const Identity identity;
};

Shown shown(const std::string& text) { return text.empty() ? Shown{} : Shown{std::string_view(text)}; }
Shown shown(const std::optional<Time>& time) { return time ? Shown{to_millis(*time)} : Shown{}; }

/// An attribute and how it is read.
struct Declared {
  Attribute attribute;
  Shown (*read)(const Identity&);
};
enum : std::size_t { by_id = 0, by_sequence = 1, by_user = 4, by_email = 7 };
constexpr std::array declared{
    Declared{{"$id", Type::exact}, [](const Identity& i) { return shown(i.id); }},
    Declared{{"$sequence", Type::number},
             [](const Identity& i) -> Shown { return static_cast<std::int64_t>(i.sequence); }},
    Declared{{"$createdAt", Type::time}, [](const Identity& i) { return shown(i.created_at); }},
    Declared{{"$updatedAt", Type::time}, [](const Identity& i) { return shown(i.updated_at); }},
    Declared{{"userId", Type::exact}, [](const Identity& i) { return shown(i.user_id); }},
    Declared{{"provider", Type::exact}, [](const Identity& i) { return shown(i.provider); }},
    Declared{{"providerUid", Type::exact}, [](const Identity& i) { return shown(i.provider_uid); }},
    Declared{{"providerEmail", Type::text}, [](const Identity& i) { return shown(i.provider_email); }},
    Declared{{"providerAccessTokenExpiry", Type::time},
             [](const Identity& i) { return shown(i.access_token_expires_at); }},
};
static_assert(declared[by_id].attribute.name == "$id" && declared[by_sequence].attribute.name == "$sequence" &&
              declared[by_user].attribute.name == "userId" && declared[by_email].attribute.name == "providerEmail");

constexpr auto all_attributes = [] {
  std::array<Attribute, declared.size()> all{};
  std::transform(declared.begin(), declared.end(), all.begin(), [](const Declared& d) { return d.attribute; });
  return all;
}();

Shown IdentityItem::show(std::size_t attribute) const { return declared[attribute].read(identity); }

/// Longer texts are stored hashed behind this much of them (storage/keys.hpp).
constexpr std::size_t verbatim_bytes = 48;

/// The entries that the refs name, each at its place; empty where there is none.
result<std::vector<std::optional<IdentityRef>>> look_up(Engine& engine, ProjectNo p, std::span<const Ref> refs) {
  Reads reads;
  for (const Ref& ref : refs)
    reads.keys.push_back(ref.id.empty() ? keys::identity_order_index(p, ref.sequence)
                                        : keys::identity_id_index(p, ref.id));
  const result<Rows> rows = engine.read_now(reads);
  if (!rows) return rows.error();
  std::vector<std::optional<IdentityRef>> found(refs.size());
  for (std::size_t i = 0; i < refs.size(); ++i) {
    const std::optional<std::string_view>& value = rows->view().values[i];
    if (!value) continue;
    result<IdentityRef> named = codec::read<IdentityRef>(Row{reads.keys[i], *value});
    if (!named) return named.error();
    found[i] = std::move(*named);
  }
  return found;
}

}  // namespace

result<std::vector<std::optional<Identity>>> identities(Engine& engine, ProjectNo p, std::span<const Ref> refs) {
  const auto named = look_up(engine, p, refs);
  if (!named) return named.error();
  Reads reads;
  for (const std::optional<IdentityRef>& ref : *named)
    if (ref) reads.keys.push_back(keys::identity(p, ref->user_id, ref->identity_id));
  const result<Rows> rows = engine.read_now(reads);
  if (!rows) return rows.error();
  std::vector<std::optional<Identity>> found(refs.size());
  std::size_t at = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!(*named)[i]) continue;
    const std::string& key = reads.keys[at];
    const std::optional<std::string_view>& value = rows->view().values[at++];
    if (!value) continue;  // deleted between the two trips
    result<Identity> identity = codec::read<Identity>(Row{key, *value});
    if (!identity) return identity.error();
    found[i] = std::move(*identity);
  }
  return found;
}

std::span<const Attribute> Identities::attributes() const noexcept { return all_attributes; }

std::optional<Index> Identities::index(std::size_t attribute) const {
  if (attribute != by_id && attribute != by_sequence) return std::nullopt;
  const std::string prefix = attribute == by_id ? keys::identity_ids(p_) : keys::identities_in_order(p_);
  return Index{Range{prefix, keys::beyond(prefix)}, {}, true};
}

std::string Identities::floor(std::size_t attribute, const Operand& value) const {
  if (attribute == by_id) return keys::identity_ids(p_) + std::get<std::string>(value).substr(0, verbatim_bytes);
  return keys::identity_order_index(
      p_, static_cast<std::uint64_t>(std::max<std::int64_t>(0, std::get<std::int64_t>(value))));
}

std::string Identities::ceiling(std::size_t attribute, const Operand& value) const {
  const bool whole = attribute == by_id && std::get<std::string>(value).size() < verbatim_bytes;
  if (!whole) return keys::beyond(floor(attribute, value));
  return floor(attribute, value) + '\1';  // behind the NUL that ends this text, before all that go on
}

std::string Identities::entry(std::size_t attribute, const Item& item) const {
  return attribute == by_id ? keys::identity_id_index(p_, item.id()) : keys::identity_order_index(p_, item.sequence());
}

std::string Identities::group(std::size_t attribute, const Operand& value) const {
  if (attribute == by_user) return keys::identity_user_group(p_, std::get<std::string>(value));
  if (attribute == by_email) return keys::identity_email_group(p_, std::get<std::string>(value));
  return {};
}

std::string Identities::word_group(std::string_view) const { return {}; }
std::string Identities::word_of(std::string_view) const { return {}; }
std::string Identities::searched(const Item&) const { return {}; }

result<Ref> Identities::ref(const Row& row) const {
  result<IdentityRef> named = codec::read<IdentityRef>(row);
  if (!named) return named.error();
  return Ref{keys::sequence_of(row.key), std::move(named->identity_id)};
}

Range Identities::extent(const Row& row) const { return Range{std::string(row.key), keys::behind(row.key)}; }

result<std::vector<std::unique_ptr<Item>>> Identities::load(Engine& engine, std::span<const Ref> refs) const {
  result<std::vector<std::optional<Identity>>> found = identities(engine, p_, refs);
  if (!found) return found.error();
  std::vector<std::unique_ptr<Item>> items(refs.size());
  for (std::size_t i = 0; i < items.size(); ++i)
    if ((*found)[i]) items[i] = std::make_unique<IdentityItem>(std::move(*(*found)[i]));
  return items;
}

std::size_t Identities::sequence_attribute() const noexcept { return by_sequence; }

result<std::uint64_t> Identities::count(Engine& engine) const {
  const result<Counters> counters = counters_now(engine, p_);
  if (!counters) return counters.error();
  return counters->identities;
}

}  // namespace portcullis::storage::query
