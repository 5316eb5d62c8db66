// Stored records: bytes as they are, and once more under each version and a right checksum so that the fields are
// reached. Whatever decodes is the same after encoding. Key and value reach the key grammar too.

#include <xxhash.h>

#include <algorithm>

#include "core/identity.hpp"
#include "core/project.hpp"
#include "core/session.hpp"
#include "core/token.hpp"
#include "core/user.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/format.hpp"
#include "storage/identities.hpp"
#include "storage/keys.hpp"
#include "storage/projects.hpp"
#include "storage/targets.hpp"
#include "tests/fuzz/support/check.hpp"

namespace {

using namespace portcullis;
using namespace portcullis::storage;

const std::string key = "\x01k";

std::string sealed(char version, std::string_view fields) {
  std::string value = version + std::string(fields);
  const std::uint64_t check = XXH3_64bits_withSeed(value.data(), value.size(), XXH3_64bits(key.data(), key.size()));
  for (unsigned shift = 0; shift < 64; shift += 8) value.push_back(static_cast<char>(check >> shift & 0xFF));
  return value;
}

template <class Decode, class Encode>
void round_trip(const Row& row, Decode decode, Encode encode) {
  const auto record = decode(row);
  if (!record) return;
  const Put put = encode(*record);
  const auto again = decode(Row{put.key, put.value});
  fuzz::require(again.has_value(), "what was encoded decodes");
  fuzz::require(encode(*again).value == put.value, "a record survives encoding");
  fuzz::require(!decode(Row{"another key", put.value}), "a record does not decode under another key");
  std::string flipped = put.value;
  flipped[flipped.size() / 2] = static_cast<char>(flipped[flipped.size() / 2] ^ 1);
  fuzz::require(!decode(Row{put.key, flipped}), "a flipped bit is noticed");
}

bool same(const BorrowedUser& borrowed, const User& owned) { return borrowed == borrow(owned); }
bool same(const BorrowedTarget& borrowed, const Target& owned) { return own(borrowed) == owned; }
bool same(const BorrowedSession& borrowed, const Session& owned) {
  return borrowed.id == owned.id && borrowed.user_id == owned.user_id && borrowed.expires_at == owned.expires_at &&
         std::equal(borrowed.factors.begin(), borrowed.factors.end(), owned.factors.begin(), owned.factors.end()) &&
         borrowed.user_agent == owned.user_agent && borrowed.client.device_model == owned.client.device_model &&
         borrowed.selector == owned.selector && borrowed.secret_hash == owned.secret_hash;
}
bool same(std::string_view borrowed, const std::string& owned) { return borrowed == owned; }

template <class Borrowed, class Record>
void same_in_place(const Row& row, result<Record> (*decode)(const Row&)) {
  Borrowed in_place;
  const result<Record> record = decode(row);
  fuzz::require(codec::borrow_from(row, in_place) == record.has_value(), "both decoders agree");
  fuzz::require(!record || same(in_place, *record), "both decoders read the same");
}

void try_all(std::string_view value) {
  const Row row{key, value};
  const auto put = [](const auto& record) { return codec::put(key, record); };
  round_trip(row, codec::read<Meta>, put);
  round_trip(row, codec::read<Counters>, put);
  round_trip(row, codec::read<Project>, put);
  round_trip(row, codec::read<RemovedProject>, put);
  round_trip(row, codec::read<ApiKey>, put);
  round_trip(row, codec::read<Pings>, put);
  round_trip(row, codec::read<User>, put);
  round_trip(row, codec::read<Credential>, put);
  round_trip(row, codec::read<Target>, put);
  round_trip(row, codec::read<Session>, put);
  round_trip(row, codec::read<Token>, put);
  round_trip(row, codec::read<Identity>, put);
  round_trip(row, codec::read<IdentityRef>, put);
  round_trip(row, codec::read<TargetRef>, put);
  round_trip(row, codec::read<Time>, [](Time v) { return codec::put(key, v); });
  round_trip(row, codec::read<std::string>, [](const std::string& v) { return codec::put_text(key, v); });
  same_in_place<BorrowedUser>(row, codec::read<User>);
  same_in_place<BorrowedTarget>(row, codec::read<Target>);
  same_in_place<BorrowedSession>(row, codec::read<Session>);
  same_in_place<std::string_view>(row, codec::read<std::string>);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  try_all(bytes);
  for (const char version : {'\1', '\2', '\3'}) try_all(sealed(version, bytes));
  if (const std::optional<keys::Parsed> parsed = keys::parse(bytes)) {
    fuzz::require(parsed->text.size() + parsed->detail.size() <= bytes.size(), "parts lie within the key");
    fuzz::require(keys::sequence_of(bytes) == 0 || parsed->kind == keys::kind_order || parsed->sequence.size() == 8,
                  "only orders and entries have a sequence");
  }
  return 0;
}
