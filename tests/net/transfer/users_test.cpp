// Users of a file on their way into the store and out of it, through the commands.

#include <boost/test/unit_test.hpp>
#include <string>

#include "core/json/writer.hpp"
#include "net/commands/commands.hpp"
#include "net/transfer/pacing.hpp"
#include "storage/check.hpp"
#include "tests/support/app_fixture.hpp"

using namespace portcullis;
using transfer::Pacing;

namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

/// JSON with ' for ".
json::Value parsed(std::string text) {
  for (char& c : text)
    if (c == '\'') c = '"';
  std::optional<json::Value> value = json::parse(text);
  BOOST_REQUIRE(value);
  return std::move(*value);
}

class TransferFixture : public test::AppFixture {
 public:
  json::Object import(const std::string& users, const std::string& more = "") {
    return run("users.import", "{'project':'p1','users':[" + users + "]" + more + "}");
  }
  json::Object run(const std::string& command, const std::string& arguments) {
    const commands::Outcome outcome = commands::run_now(app().services(), command, parsed(arguments));
    BOOST_REQUIRE_MESSAGE(outcome.ok, outcome.body);
    return *json::parse(outcome.body)->object();
  }
  /// `at reason` of each refusal.
  static std::vector<std::string> refusals(const json::Object& answer) {
    std::vector<std::string> out;
    for (const json::Value& each : *json::find(answer, "refusals")->array())
      out.push_back(std::to_string(*json::find(*each.object(), "at")->integer()) + " " +
                    *json::find(*each.object(), "reason")->string());
    return out;
  }
  static std::int64_t number(const json::Object& answer, const char* name) {
    return *json::find(answer, name)->integer();
  }
  std::string exported(const std::string& more = "") {
    const json::Object page = run("users.export", "{'project':'p1'" + more + "}");
    return json::to_text(*json::find(page, "users"));
  }
  void require_sound() {
    const result<storage::CheckReport> report = storage::check(app().engine(), [](std::uint64_t) {});
    BOOST_REQUIRE(report);
    BOOST_TEST(report->problem_count == 0U, (report->problems.empty() ? "" : report->problems.front()));
  }
};

constexpr const char* whole_user =
    R"({"id":"ada","email":"ada@example.com","phone":"+14155550100","name":"Ada","labels":["vip","beta"],)"
    R"("status":false,)"
    R"("emailVerification":true,"phoneVerification":true,"impersonator":true,"prefs":{"theme":"dark"},)"
    R"("createdAt":"2020-01-02T03:04:05.678+00:00","updatedAt":"2021-01-02T03:04:05.000+00:00",)"
    R"("registration":"2019-01-02T03:04:05.000+00:00","accessedAt":"2022-01-02T03:04:05.000+00:00")";
constexpr const char* its_hash = R"(,"passwordUpdate":"2020-05-05T00:00:00.000+00:00","hash":"sha",)"
                                 R"("password":"0123456789abcdef0123456789abcdef01234567","passwordVersion":"sha1"})";

}  // namespace

BOOST_FIXTURE_TEST_SUITE(transfer_users, TransferFixture)

BOOST_AUTO_TEST_CASE(what_is_imported_is_exported_again) {
  const json::Object answer = import(std::string(whole_user) + its_hash);
  BOOST_TEST(number(answer, "taken") == 1);
  BOOST_TEST(exported(",'hashes':true") == "[" + std::string(whole_user) + its_hash + "]");
  BOOST_TEST(exported() == "[" + std::string(whole_user) + "}]");
  require_sound();
}

BOOST_AUTO_TEST_CASE(a_user_needs_no_member_at_all) {
  BOOST_TEST(number(import("{},{}"), "taken") == 2);
  require_sound();
}

BOOST_AUTO_TEST_CASE(every_wrong_member_is_named) {
  const std::pair<const char*, const char*> cases[] = {
      {"{'id':'_x'}", "id must be"},
      {"{'id':7}", "id must be"},
      {"{'email':'nobody'}", "email must be"},
      {"{'phone':'123'}", "phone must be"},
      {"{'name':['x']}", "name must be"},
      {"{'labels':['a-b']}", "labels must be"},
      {"{'status':'yes'}", "status must be true or false"},
      {"{'prefs':'text'}", "prefs must be"},
      {"{'createdAt':'yesterday'}", "createdAt must be"},
      {"{'hash':'rot13','password':'12345678'}", "hash must be argon2"},
      {"{'hash':'md5','password':'1234567'}", "password must be a hash of 8 to 256 bytes"},
      {"{'hash':'md5'}", "names a hash, but has no password"},
      {"{'password':'a plain password'}", "plain passwords are never taken"},
      {"{'hash':'bcrypt','password':'a plain password'}", "is no bcrypt hash"},
      {"{'hash':'bcrypt','password':'$2a$31$xX/myGbFU.ZSKHSi6EHdBOySTdYm8QxBLXmOPHrYMwV0mHRBBSBOq'}", "cost outside"},
      {"{'hash':'sha','password':'12345678','passwordVersion':'sha9'}", "passwordVersion must be"},
      {"{'hash':'scrypt','password':'12345678'}", "needs passwordSalt"},
      {"{'hash':'argon2','password':'$argon2id$v=19$m=16777216,t=1,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA'}",
       "has an Argon2 memory cost outside 8 KiB a lane to 2 GiB"},
      {"{'hash':'argon2','password':'$argon2id$v=19$m=8192,t=200,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA'}",
       "has Argon2 passes outside 1 to 64"},
      {"{'hash':'argon2','password':'$argon2d$v=19$m=8192,t=2,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA'}",
       "is no Argon2 hash"},
      {"{'hash':'argon2','password':'$argon2id$v=19$m=8,t=1,p=1,keyid=cDE$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA'}",
       "--pepper-file"},
      {"{'e-mail':'a@example.com'}", "a member that users do not have"},
      {"[]", "is no object"},
  };
  for (const auto& [user, reason] : cases) {
    const std::vector<std::string> why = refusals(import(std::string(user) + ",{}"));
    BOOST_REQUIRE_MESSAGE(why.size() == 1U, user);
    BOOST_TEST(why[0].starts_with("0 "));
    BOOST_TEST(why[0].find(reason) != std::string::npos, user << ": " << why[0]);
  }
}

BOOST_AUTO_TEST_CASE(ids_and_addresses_are_unique_in_the_store_and_in_the_batch) {
  BOOST_TEST(number(import("{'id':'a','email':'a@example.com','phone':'+14155550100'}"), "taken") == 1);
  const json::Object answer = import(
      "{'id':'a'},{'email':'A@Example.com'},{'phone':'+14155550100'},"
      "{'id':'b','email':'b@example.com','phone':'+14155550101'},"
      "{'id':'b'},{'email':'b@example.com'},{'phone':'+14155550101'},{'id':'c'}");
  BOOST_TEST(number(answer, "taken") == 2);
  const std::vector<std::string> wanted{
      "0 has the id of another user", "1 has the e-mail of another user", "2 has the phone number of another user",
      "4 has the id of another user", "5 has the e-mail of another user", "6 has the phone number of another user",
  };
  BOOST_TEST(refusals(answer) == wanted, boost::test_tools::per_element());
  require_sound();
  BOOST_TEST(sign_up("c@example.com").status() == 201);
  require_sound();
}

BOOST_AUTO_TEST_CASE(the_address_of_an_identity_is_taken_as_for_other_new_users) {
  import("{'id':'a'}");
  add_identity("a", "github", "1", "known@example.com");
  const json::Object answer = import("{'email':'Known@example.com'},{'id':'b','email':'b@example.com'},{'id':'a'}");
  BOOST_TEST(number(answer, "taken") == 1);
  const std::vector<std::string> wanted{"0 has the e-mail of another user's identity", "2 has the id of another user"};
  BOOST_TEST(refusals(answer) == wanted, boost::test_tools::per_element());
  const json::Array& refused = *json::find(answer, "refusals")->array();
  BOOST_TEST(!*json::find(*refused[0].object(), "exists")->boolean());
  BOOST_TEST(*json::find(*refused[1].object(), "exists")->boolean());
  require_sound();
}

BOOST_AUTO_TEST_CASE(the_answer_counts_commits_and_says_how_long_one_held_the_writer) {
  std::string users = "{'id':'u0'}";
  for (int i = 1; i < 20; ++i) users += ",{'id':'u" + std::to_string(i) + "'}";
  const json::Object paced = import(users, ",'batch':4");
  BOOST_TEST(number(paced, "commits") > 2);
  BOOST_TEST(number(paced, "heldMicroseconds") > 0);
  BOOST_TEST(number(import("{'id':'a'},{'id':'b'}", ",'batch':0"), "commits") == 1);
  const json::Object dry = import("{'id':'c'}", ",'dryRun':true");
  BOOST_TEST(number(dry, "commits") == 0);
  BOOST_TEST(number(dry, "heldMicroseconds") == 0);
}

/// A hash holds letters of names by chance; who exported a user gets the user back.
BOOST_AUTO_TEST_CASE(a_hash_is_not_searched_for_personal_data) {
  set([](ProjectSettings& settings) { settings.personal_data_check = true; });
  const json::Object answer = import("{'name':'fa7e','hash':'md5','password':'144fa7eaa4904e8ee120651997f70dcc'}");
  BOOST_TEST(number(answer, "taken") == 1);
}

BOOST_AUTO_TEST_CASE(a_dry_run_answers_the_same_and_takes_none) {
  import("{'id':'a'}");
  const json::Object answer = import("{'id':'a'},{'id':'b'},{'email':'x'}", ",'dryRun':true");
  BOOST_TEST(number(answer, "taken") == 1);
  BOOST_TEST(refusals(answer).size() == 2U);
  BOOST_TEST(number(import("{'id':'b'}"), "taken") == 1);
}

BOOST_AUTO_TEST_CASE(an_imported_hash_signs_in) {
  import("{'email':'a@example.com','hash':'md5','password':'144fa7eaa4904e8ee120651997f70dcc'}");
  BOOST_TEST(sign_in("a@example.com", "appwrite").status() == 201);
  BOOST_TEST(sign_in("a@example.com", "appwrite!").status() == 401);
}

BOOST_AUTO_TEST_CASE(a_project_that_remembers_passwords_remembers_the_imported_one) {
  set([](ProjectSettings& settings) { settings.password_history = 3; });
  import("{'id':'a','hash':'md5','password':'144fa7eaa4904e8ee120651997f70dcc'}");
  const commands::Outcome outcome = commands::run_now(app().services(), "user.set-password",
                                                      parsed("{'project':'p1','user':'a','password':'appwrite'}"));
  BOOST_TEST(!outcome.ok);
  BOOST_TEST(outcome.body.find("password_recently_used") != std::string::npos, outcome.body);
}

BOOST_AUTO_TEST_CASE(pages_of_an_export_hold_every_user_once) {
  std::string users;
  for (int i = 0; i < 200; ++i) users += (i ? ",{'id':'u" : "{'id':'u") + std::to_string(i) + "'}";
  const json::Object answer = import(users, ",'batch':7");
  BOOST_TEST(number(answer, "taken") == 200);
  const std::string all = exported();
  for (int i = 0; i < 200; ++i) BOOST_TEST(all.find("{\"id\":\"u" + std::to_string(i) + "\"") != std::string::npos);
  require_sound();
}

BOOST_AUTO_TEST_CASE(a_project_that_is_not_there_is_refused) {
  for (const char* command : {"users.import", "users.export"})
    BOOST_TEST(!commands::run_now(app().services(), command, parsed("{'project':'none'}")).ok);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(import_pacing)

BOOST_AUTO_TEST_CASE(a_commit_that_held_the_writer_too_long_makes_the_next_one_smaller_at_once) {
  Pacing pacing(400);
  pacing.note(400, milliseconds(40));
  BOOST_TEST(pacing.size() == 50U);
}

BOOST_AUTO_TEST_CASE(a_fast_commit_makes_the_next_one_a_quarter_larger) {
  Pacing pacing(100);
  pacing.note(100, milliseconds(1));
  BOOST_TEST(pacing.size() == 125U);
}

BOOST_AUTO_TEST_CASE(a_commit_that_was_not_full_lets_nothing_grow) {
  Pacing pacing(100);
  pacing.note(3, microseconds(10));
  BOOST_TEST(pacing.size() == 100U);
  pacing.note(3, milliseconds(5));
  BOOST_TEST(pacing.size() == 100U);
  pacing.note(3, milliseconds(12));
  BOOST_TEST(pacing.size() == Pacing::fewest);
}

BOOST_AUTO_TEST_CASE(there_is_a_least_and_a_most) {
  Pacing pacing(1);
  pacing.note(pacing.size(), std::chrono::seconds(5));
  BOOST_TEST(pacing.size() == Pacing::fewest);
  for (int i = 0; i < 100; ++i) pacing.note(pacing.size(), microseconds(0));
  BOOST_TEST(pacing.size() == Pacing::most);
}

/// Whatever a user costs, commits come to rest below the bound.
BOOST_AUTO_TEST_CASE(steady_costs_lead_to_commits_below_the_longest_hold) {
  for (const int microseconds_each : {5, 40, 300, 1000}) {
    Pacing pacing;
    for (int i = 0; i < 50; ++i) {
      const microseconds held(500 + microseconds_each * static_cast<int>(pacing.size()));
      if (i > 2) BOOST_TEST((held < transfer::longest_hold), microseconds_each);
      pacing.note(pacing.size(), held);
    }
    BOOST_TEST(pacing.size() * static_cast<std::size_t>(microseconds_each) > 3000U);
  }
}

BOOST_AUTO_TEST_SUITE_END()
