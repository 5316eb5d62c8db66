#include "storage/codec.hpp"

#include <xxhash.h>

#include <limits>

#include "storage/codec_fields.hpp"
#include "tests/storage/fixture.hpp"

namespace portcullis::storage {
namespace {

const std::string key = "some key";

Row row_of(const Put& put) { return {put.key, put.value}; }

/// A value whose checksum is right whatever its bytes are.
Put sealed(std::string body) {
  const std::uint64_t check = XXH3_64bits_withSeed(body.data(), body.size(), XXH3_64bits(key.data(), key.size()));
  for (unsigned shift = 0; shift < 64; shift += 8) body.push_back(static_cast<char>(check >> shift & 0xff));
  return {key, std::move(body)};
}

template <class Record>
void refuses_every_damage(const Put& put, result<Record> (*decode)(const Row&)) {
  BOOST_REQUIRE(decode(row_of(put)));
  for (std::size_t size = 0; size < put.value.size(); ++size)
    BOOST_TEST_REQUIRE(!decode(Row{put.key, std::string_view(put.value).substr(0, size)}));
  for (std::size_t bit = 0; bit < put.value.size() * 8; ++bit) {
    std::string damaged = put.value;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << bit % 8));
    const result<Record> read = decode(Row{put.key, damaged});
    BOOST_TEST_REQUIRE(!read);
    BOOST_TEST_REQUIRE(read.error().code == errc::record_corrupt);
  }
  BOOST_TEST(!decode(Row{put.key + "x", put.value}));
  // Hostile bytes with a checksum to match must be refused by the field reader alone: cut and prolonged bodies.
  const std::string body = put.value.substr(0, put.value.size() - 8);
  for (std::size_t size = 0; size < body.size(); ++size)
    BOOST_TEST_REQUIRE(!decode(row_of(sealed(body.substr(0, size)))));
  BOOST_TEST(!decode(row_of(sealed(body + '\0'))));
  for (std::size_t at = 1; at < body.size(); ++at) {
    std::string huge = body;
    huge[at] = '\xff';
    static_cast<void>(decode(row_of(sealed(std::move(huge)))));  // any answer, but no step outside the bytes
  }
}

}  // namespace

BOOST_AUTO_TEST_SUITE(record_codec)

BOOST_AUTO_TEST_CASE(records_come_back_as_they_were) {
  const User user = sample_user("u1", 1ULL << 40, "a@example.com");
  BOOST_TEST((*codec::user(row_of(codec::put(key, user))) == user));
  BOOST_TEST((*codec::user(row_of(codec::put(key, User{}))) == User{}));
  const Credential credential = sample_credential();
  BOOST_TEST((*codec::credential(row_of(codec::put(key, credential))) == credential));
  const Target target = sample_target(user, "t1");
  BOOST_TEST((*codec::target(row_of(codec::put(key, target))) == target));
  const Session session = sample_session("u1", "feed", 3);
  BOOST_TEST((*codec::session(row_of(codec::put(key, session))) == session));
  BOOST_TEST((*codec::session(row_of(codec::put(key, Session{}))) == Session{}));
}

BOOST_AUTO_TEST_CASE(projects_and_keys_come_back_as_they_were) {
  const Project project = sample_project("shop", 4'000'000'000U);
  const result<Project> read = codec::project(row_of(codec::put(key, project)));
  BOOST_REQUIRE(read);
  BOOST_TEST((read->number == project.number));
  BOOST_TEST(read->id == project.id);
  BOOST_TEST((read->created_at == project.created_at));
  BOOST_TEST((read->updated_at == project.updated_at));
  BOOST_TEST((read->settings == project.settings));
  BOOST_TEST(read->sealed_root_key == project.sealed_root_key);
  const ApiKey made = sample_api_key("k1");
  const result<ApiKey> stored = codec::api_key(row_of(codec::put(key, made)));
  BOOST_REQUIRE(stored);
  BOOST_TEST(stored->id == made.id);
  BOOST_TEST((stored->expires_at == made.expires_at));
  BOOST_TEST((stored->scopes == made.scopes));
  BOOST_TEST((stored->secret_hash == made.secret_hash));
  BOOST_TEST(stored->sealed_secret == made.sealed_secret);
}

BOOST_AUTO_TEST_CASE(small_records_come_back_as_they_were) {
  const result<codec::Meta> meta = codec::meta(row_of(codec::put(key, codec::Meta{1, 77})));
  BOOST_REQUIRE(meta);
  BOOST_TEST(meta->next_project == 77U);
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const result<codec::Counters> counters = codec::counters(row_of(codec::put(key, codec::Counters{most, most - 1})));
  BOOST_REQUIRE(counters);
  BOOST_TEST(counters->users == most);
  BOOST_TEST(counters->next_sequence == most - 1);
  for (const std::int64_t ms : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'700'000'000'000},
                                std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
    BOOST_TEST(to_millis(*codec::time(row_of(codec::put_time(key, from_millis(ms))))) == ms);
  const std::string text("a\0b\xff", 4);
  BOOST_TEST(*codec::text(row_of(codec::put_text(key, text))) == text);
  BOOST_TEST(codec::text(row_of(codec::put_text(key, "")))->empty());
  const result<codec::TargetRef> ref = codec::target_ref(row_of(codec::put(key, codec::TargetRef{"u", "t"})));
  BOOST_REQUIRE(ref);
  BOOST_TEST(ref->target_id == "t");
}

BOOST_AUTO_TEST_CASE(every_truncation_and_every_flipped_bit_is_refused) {
  const User user = sample_user("u1", 300, "a@example.com");
  refuses_every_damage(codec::put(key, user), codec::user);
  refuses_every_damage(codec::put(key, sample_credential()), codec::credential);
  refuses_every_damage(codec::put(key, sample_target(user, "t")), codec::target);
  refuses_every_damage(codec::put(key, sample_session("u1", "feed", 2)), codec::session);
  refuses_every_damage(codec::put(key, sample_project("p", 1)), codec::project);
  refuses_every_damage(codec::put(key, sample_api_key("k")), codec::api_key);
  refuses_every_damage(codec::put(key, codec::Meta{}), codec::meta);
  refuses_every_damage(codec::put(key, codec::Counters{500, 501}), codec::counters);
  refuses_every_damage(codec::put(key, codec::TargetRef{"u", "t"}), codec::target_ref);
  refuses_every_damage(codec::put_time(key, from_millis(1'700'000'000'000)), codec::time);
  refuses_every_damage(codec::put_text(key, "text"), codec::text);
}

BOOST_AUTO_TEST_CASE(a_newer_record_version_is_refused) {
  BOOST_REQUIRE(codec::text(row_of(sealed(std::string("\1\2ab", 4)))));
  const result<std::string> newer = codec::text(row_of(sealed(std::string("\2\2ab", 4))));
  BOOST_REQUIRE(!newer);
  BOOST_TEST(newer.error().code == errc::record_corrupt);
}

BOOST_AUTO_TEST_CASE(numbers_have_one_spelling_and_a_limit) {
  const auto reads = [](std::string bytes) {
    codec::FieldReader reader(bytes);
    std::uint64_t number = 0;
    reader(number);
    return reader.complete() ? std::optional<std::uint64_t>(number) : std::nullopt;
  };
  BOOST_TEST((reads(std::string("\xac\x02", 2)) == 300U));
  BOOST_TEST((reads(std::string(9, '\xff') + '\1') == std::numeric_limits<std::uint64_t>::max()));
  BOOST_TEST((!reads(std::string(9, '\xff') + '\2')));   // 65 bits
  BOOST_TEST((!reads(std::string(10, '\xff') + '\1')));  // eleven bytes
  BOOST_TEST((!reads(std::string("\x80\0", 2))));        // zero in two bytes
  BOOST_TEST((!reads(std::string("\x80", 1))));
  BOOST_TEST((!reads("")));
}

BOOST_AUTO_TEST_CASE(a_count_beyond_the_bytes_allocates_nothing) {
  const std::string bytes = std::string(9, '\xff') + '\1';
  std::vector<std::string> texts;
  codec::FieldReader reader(bytes);
  reader.one(texts);
  BOOST_TEST(!reader.complete());
  BOOST_TEST(texts.capacity() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
