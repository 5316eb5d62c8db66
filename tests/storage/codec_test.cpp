#include "storage/codec.hpp"

#include <xxhash.h>

#include <limits>

#include "storage/codec_fields.hpp"
#include "storage/counters.hpp"
#include "storage/format.hpp"
#include "storage/projects.hpp"
#include "storage/targets.hpp"
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
  BOOST_TEST((*codec::read<User>(row_of(codec::put(key, user))) == user));
  BOOST_TEST((*codec::read<User>(row_of(codec::put(key, User{}))) == User{}));
  const Credential credential = sample_credential();
  BOOST_TEST((*codec::read<Credential>(row_of(codec::put(key, credential))) == credential));
  const Target target = sample_target(user, "t1");
  BOOST_TEST((*codec::read<Target>(row_of(codec::put(key, target))) == target));
  const Session session = sample_session("u1", "feed", 3);
  BOOST_TEST((*codec::read<Session>(row_of(codec::put(key, session))) == session));
  BOOST_TEST((*codec::read<Session>(row_of(codec::put(key, Session{}))) == Session{}));
  Token token = sample_token("u1", "t1");
  BOOST_TEST((*codec::read<Token>(row_of(codec::put(key, token))) == token));
  const Identity identity = sample_identity("u1", "i1", 7);
  BOOST_TEST((*codec::read<Identity>(row_of(codec::put(key, identity))) == identity));
  token.type = TokenType{4'000'000'000U};  // of a newer program
  BOOST_TEST((*codec::read<Token>(row_of(codec::put(key, token))) == token));
}

BOOST_AUTO_TEST_CASE(projects_and_keys_come_back_as_they_were) {
  const Project project = sample_project("shop", 4'000'000'000U);
  const result<Project> read = codec::read<Project>(row_of(codec::put(key, project)));
  BOOST_REQUIRE(read);
  BOOST_TEST((read->number == project.number));
  BOOST_TEST(read->id == project.id);
  BOOST_TEST((read->created_at == project.created_at));
  BOOST_TEST((read->updated_at == project.updated_at));
  BOOST_TEST((read->settings == project.settings));
  BOOST_TEST(read->sealed_root_key == project.sealed_root_key);
  const ApiKey made = sample_api_key("k1");
  const result<ApiKey> stored = codec::read<ApiKey>(row_of(codec::put(key, made)));
  BOOST_REQUIRE(stored);
  BOOST_TEST(stored->id == made.id);
  BOOST_TEST((stored->expires_at == made.expires_at));
  BOOST_TEST((stored->scopes == made.scopes));
  BOOST_TEST((stored->secret_hash == made.secret_hash));
  BOOST_TEST(stored->sealed_secret == made.sealed_secret);
}

BOOST_AUTO_TEST_CASE(what_belongs_to_a_project_comes_back_as_it_was) {
  Project project = sample_project("p", 1);
  project.team_id = "cooks";
  project.notes = {"A shop", "logo.png", "https://shop.example", "Shop Ltd", "DE", "Berlin", "Berlin", "Street 1", "7"};
  project.settings.labels = {"red", "blue"};
  project.settings.services.vcs = project.settings.protocols.websocket = false;
  project.settings.membership_privacy.user_mfa = project.settings.mfa_factors.custom = true;
  const result<Project> stored = codec::read<Project>(row_of(codec::put(key, project)));
  BOOST_REQUIRE(stored);
  BOOST_TEST((stored->settings == project.settings));
  BOOST_TEST(stored->team_id == "cooks");
  BOOST_TEST((stored->notes == project.notes));
  ApiKey used = sample_api_key("k");
  used.accessed_at = from_millis(77);
  used.sdks = {"Node.js", "Go"};
  const result<ApiKey> read = codec::read<ApiKey>(row_of(codec::put(key, used)));
  BOOST_REQUIRE(read);
  BOOST_TEST((read->accessed_at == used.accessed_at && read->sdks == used.sdks));
  const RemovedProject removed =
      *codec::read<RemovedProject>(row_of(codec::put(key, RemovedProject{ProjectNo{7}, "shop", from_millis(5), true})));
  BOOST_TEST((removed.number == ProjectNo{7} && removed.id == "shop" && removed.removed_at == from_millis(5)));
  BOOST_TEST(removed.erased);
  const Pings pings = *codec::read<Pings>(row_of(codec::put(key, Pings{3, from_millis(9)})));
  BOOST_TEST((pings.count == 3U && pings.last == from_millis(9)));
  BOOST_TEST((*codec::read<Platform>(row_of(codec::put(key, sample_platform("one")))) == sample_platform("one")));
  const result<MockPhone> phone = codec::read<MockPhone>(row_of(codec::put(key, sample_mock_phone("+1"))));
  BOOST_REQUIRE(phone);
  BOOST_TEST((phone->number == "+1" && phone->sealed_code == "sealed" && phone->updated_at == from_millis(9)));
  BOOST_TEST(phone->sequence == 7U);
  BOOST_TEST((*codec::read<Team>(row_of(codec::put(key, sample_team("t", 3)))) == sample_team("t", 3)));
  Membership membership = sample_membership("u", "t", "m");
  BOOST_TEST((*codec::read<Membership>(row_of(codec::put(key, membership))) == membership));
  membership.joined_at.reset();
  membership.confirmed = false;
  BOOST_TEST((*codec::read<Membership>(row_of(codec::put(key, membership))) == membership));
}

BOOST_AUTO_TEST_CASE(small_records_come_back_as_they_were) {
  const result<Meta> meta = codec::read<Meta>(row_of(codec::put(key, Meta{1, 77})));
  BOOST_REQUIRE(meta);
  BOOST_TEST(meta->next_project == 77U);
  constexpr std::uint64_t most = std::numeric_limits<std::uint64_t>::max();
  const result<Counters> counters = codec::read<Counters>(row_of(codec::put(key, Counters{most, most - 1})));
  BOOST_REQUIRE(counters);
  BOOST_TEST(counters->users == most);
  BOOST_TEST(counters->next_sequence == most - 1);
  for (const std::int64_t ms : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1'700'000'000'000},
                                std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()})
    BOOST_TEST(to_millis(*codec::read<Time>(row_of(codec::put(key, from_millis(ms))))) == ms);
  const std::string text("a\0b\xff", 4);
  BOOST_TEST(*codec::read<std::string>(row_of(codec::put_text(key, text))) == text);
  BOOST_TEST(codec::read<std::string>(row_of(codec::put_text(key, "")))->empty());
  const result<TargetRef> ref = codec::read<TargetRef>(row_of(codec::put(key, TargetRef{"u", "t"})));
  BOOST_REQUIRE(ref);
  BOOST_TEST(ref->target_id == "t");
}

BOOST_AUTO_TEST_CASE(counts_of_hashes_come_back_as_they_were) {
  Counters counters{7, 8, 9, 10};
  counters.hash_classes.add(sample_credential().hash, 300);
  counters.hash_classes.add(PasswordHash{"md5", "x", "{}"}, 4);
  counters.hash_classes.others = 5;
  const Put put = codec::put(key, counters);
  const result<Counters> read = codec::read<Counters>(row_of(put));
  BOOST_REQUIRE(read);
  BOOST_TEST((read->hash_classes == counters.hash_classes));
  refuses_every_damage(put, codec::read<Counters>);
}

BOOST_AUTO_TEST_CASE(counters_of_the_first_version_count_no_identities) {
  const result<Counters> read = codec::read<Counters>(row_of(sealed("\x01\x05\x06")));
  BOOST_REQUIRE(read);
  BOOST_TEST(read->users == 5U);
  BOOST_TEST(read->next_sequence == 6U);
  BOOST_TEST(read->identities == 0U);
  BOOST_TEST(read->next_identity == 1U);
  BOOST_TEST(read->hash_classes.counted.empty());
}

BOOST_AUTO_TEST_CASE(every_truncation_and_every_flipped_bit_is_refused) {
  const User user = sample_user("u1", 300, "a@example.com");
  refuses_every_damage(codec::put(key, user), codec::read<User>);
  refuses_every_damage(codec::put(key, sample_credential()), codec::read<Credential>);
  refuses_every_damage(codec::put(key, sample_target(user, "t")), codec::read<Target>);
  refuses_every_damage(codec::put(key, sample_session("u1", "feed", 2)), codec::read<Session>);
  refuses_every_damage(codec::put(key, sample_token("u1", "t1")), codec::read<Token>);
  refuses_every_damage(codec::put(key, sample_identity("u1", "i1", 7)), codec::read<Identity>);
  refuses_every_damage(codec::put(key, sample_project("p", 1)), codec::read<Project>);
  refuses_every_damage(codec::put(key, sample_api_key("k")), codec::read<ApiKey>);
  refuses_every_damage(codec::put(key, sample_platform("w")), codec::read<Platform>);
  refuses_every_damage(codec::put(key, RemovedProject{ProjectNo{7}, "shop", {}, true}), codec::read<RemovedProject>);
  refuses_every_damage(codec::put(key, Pings{3, from_millis(9)}), codec::read<Pings>);
  refuses_every_damage(codec::put(key, sample_mock_phone("+1")), codec::read<MockPhone>);
  refuses_every_damage(codec::put(key, sample_team("t", 1)), codec::read<Team>);
  refuses_every_damage(codec::put(key, sample_membership("u", "t", "m")), codec::read<Membership>);
  refuses_every_damage(codec::put(key, Meta{}), codec::read<Meta>);
  refuses_every_damage(codec::put(key, Counters{500, 501}), codec::read<Counters>);
  refuses_every_damage(codec::put(key, TargetRef{"u", "t"}), codec::read<TargetRef>);
  refuses_every_damage(codec::put(key, from_millis(1'700'000'000'000)), codec::read<Time>);
  refuses_every_damage(codec::put_text(key, "text"), codec::read<std::string>);
}

BOOST_AUTO_TEST_CASE(a_project_of_the_first_version_is_read_and_written_anew) {
  const std::string body(
      "\x01\x07\x03old\x80\xa0\xab\xfe\xf9\x62\x82\xa0\xab\xfe\xf9\x62\x03Old\x07\x0a\x80\xe7\x84\x0f\x00\x00\x00\x08"
      "\x00"
      "\x00\x00\x01\x00\x01\x01\x01\x01\x00\x01\x01\x01\x00\x01\x02\x0d*.example.com\x09localhost\x06sealed",
      79);
  const result<Project> read = codec::read<Project>(row_of(sealed(body)));
  BOOST_REQUIRE(read);
  Project expected;
  expected.number = ProjectNo{7};
  expected.settings.name = "Old";
  expected.settings.user_limit = 7;
  expected.settings.password_strength.symbols = true;
  expected.settings.anonymous = false;
  expected.settings.services.account = false;
  expected.settings.web_hosts = {"*.example.com", "localhost"};
  BOOST_TEST((read->settings == expected.settings));
  BOOST_TEST(read->sealed_root_key == "sealed");
  const Put now = codec::put(key, *read);
  BOOST_TEST(now.value.front() == '\3');
  BOOST_TEST((codec::read<Project>(row_of(now))->settings == expected.settings));
  for (std::size_t size = 1; size < body.size(); ++size)
    BOOST_TEST_REQUIRE(!codec::read<Project>(row_of(sealed(body.substr(0, size)))));
}

BOOST_AUTO_TEST_CASE(a_project_of_the_second_version_has_no_notes) {
  Project project = sample_project("p", 1);
  project.team_id = "cooks";
  const Put now = codec::put(key, project);
  constexpr std::size_t notes = 9;  // each of one byte when it is empty
  std::string body = now.value.substr(0, now.value.size() - 8 - notes);
  body.front() = '\2';
  const result<Project> read = codec::read<Project>(row_of(sealed(body)));
  BOOST_REQUIRE(read);
  BOOST_TEST((read->settings == project.settings));
  BOOST_TEST(read->team_id == "cooks");
  BOOST_TEST((read->notes == ProjectNotes{}));
}

BOOST_AUTO_TEST_CASE(a_mock_phone_number_of_the_first_version_has_no_place_in_their_order) {
  const Put now = codec::put(key, sample_mock_phone("+1"));
  BOOST_TEST(now.value.front() == '\2');
  std::string body = now.value.substr(0, now.value.size() - 8 - 1);
  body.front() = '\1';
  const result<MockPhone> read = codec::read<MockPhone>(row_of(sealed(body)));
  BOOST_REQUIRE(read);
  BOOST_TEST((read->number == "+1" && read->sealed_code == "sealed"));
  BOOST_TEST(read->sequence == 0U);
}

BOOST_AUTO_TEST_CASE(a_newer_record_version_is_refused) {
  BOOST_REQUIRE(codec::read<std::string>(row_of(sealed(std::string("\1\2ab", 4)))));
  const result<std::string> newer = codec::read<std::string>(row_of(sealed(std::string("\2\2ab", 4))));
  BOOST_REQUIRE(!newer);
  BOOST_TEST(newer.error().code == errc::record_corrupt);
}

BOOST_AUTO_TEST_CASE(numbers_have_one_spelling_and_a_limit) {
  const auto reads = [](std::string bytes) {
    codec::FieldReader reader(bytes, '\1');
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
  codec::FieldReader reader(bytes, '\1');
  reader.one(texts);
  BOOST_TEST(!reader.complete());
  BOOST_TEST(texts.capacity() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::storage
