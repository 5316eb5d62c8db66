#include <boost/test/unit_test.hpp>

#include "net/changes/sessions.hpp"
#include "storage/check.hpp"
#include "storage/counters.hpp"
#include "tests/support/app_fixture.hpp"
#include "tests/support/run.hpp"

namespace portcullis::test {
namespace {

using http::Method;

const std::string md5_of_appwrite = "144fa7eaa4904e8ee120651997f70dcc";
const std::string bcrypt_text = "$2a$04$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
const std::string dearer_argon2 = "$argon2id$v=19$m=64,t=3,p=1$c29tZXNhbHQ$c29tZXNhbHRzb21lc2FsdA";

struct Counted : AppFixture {
  Headers key{{"X-Appwrite-Key", make_key({"users.read", "users.write"})}};
  ProjectNo number = app().services().projects.find("p1")->number();

  HashClasses classes() {
    const result<storage::Counters> counters = run(app().services().store.counters(number));
    BOOST_REQUIRE(counters);
    const result<storage::CheckReport> report = storage::check(app().engine(), {});
    BOOST_REQUIRE(report);
    for (const std::string& problem : report->problems) BOOST_TEST_MESSAGE(problem);
    BOOST_TEST(report->problem_count == 0U);
    return counters->hash_classes;
  }
  std::uint64_t users_of(HashClass::Kind kind) {
    std::uint64_t users = 0;
    for (const HashClasses::Count& each : classes().counted)
      if (each.of.kind == kind) users += each.users;
    return users;
  }
  std::string import(const std::string& kind, const std::string& email, const std::string& hash) {
    std::string body = R"j({"userId":"unique()","email":")j";
    body.append(email).append(R"(","password":")").append(hash).append("\"}");
    const Reply made = call(Method::post, "/v1/users/" + kind, std::move(body), key);
    BOOST_REQUIRE(made.status() == 201);
    return made.text("$id");
  }
};

using Kind = HashClass::Kind;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hash_counts, Counted)

BOOST_AUTO_TEST_CASE(sign_ups_imports_and_deletions_are_counted) {
  BOOST_TEST(classes().counted.empty());
  sign_up("a@example.com");
  sign_up("b@example.com");
  const std::string imported = import("md5", "c@example.com", md5_of_appwrite);
  const std::string slow = import("bcrypt", "d@example.com", bcrypt_text);
  import("argon2", "e@example.com", dearer_argon2);
  BOOST_TEST(call(Method::post, "/v1/users", R"({"userId":"empty","email":"f@example.com"})", key).status() == 201);
  BOOST_TEST(call(Method::post, "/v1/account/sessions/anonymous").status() == 201);
  const HashClasses all = classes();
  BOOST_TEST(all.counted.size() == 4U);
  BOOST_TEST(all.others == 0U);
  BOOST_TEST(users_of(Kind::argon2id) == 3U);
  BOOST_TEST(users_of(Kind::md5) == 1U);
  BOOST_TEST(users_of(Kind::bcrypt) == 1U);
  for (const std::string& id : {imported, slow, std::string("empty")})
    BOOST_TEST(call(Method::del, "/v1/users/" + id, {}, key).status() == 204);
  BOOST_TEST(users_of(Kind::md5) == 0U);
  BOOST_TEST(users_of(Kind::bcrypt) == 0U);
  BOOST_TEST(users_of(Kind::argon2id) == 3U);
}

BOOST_AUTO_TEST_CASE(a_sign_in_that_hashes_anew_moves_the_user_to_our_class) {
  const std::string id = import("md5", "c@example.com", md5_of_appwrite);
  BOOST_TEST(sign_in("c@example.com", "wrong one").status() == 401);
  BOOST_TEST(users_of(Kind::md5) == 1U);
  BOOST_TEST(sign_in("c@example.com", "appwrite").status() == 201);
  BOOST_TEST(users_of(Kind::md5) == 0U);
  BOOST_TEST(users_of(Kind::argon2id) == 1U);
}

BOOST_AUTO_TEST_CASE(a_sign_in_that_lost_the_race_to_hash_anew_is_one_all_the_same) {
  const std::string id = import("md5", "c@example.com", md5_of_appwrite);
  BOOST_TEST(sign_in("c@example.com", "appwrite").status() == 201);
  const HashClasses before = classes();
  changes::OpenSession made;
  made.session.user_id = id;
  made.session.id = made.session.selector = "0123456789abcdef";
  made.expected_revision = 1;
  const PasswordHash old{"md5", md5_of_appwrite, "{}"};
  made.renewal = changes::Renewal{old, old};
  BOOST_TEST(run(storage::submit(app().engine(), changes::open_session(number, made))).has_value());
  BOOST_TEST((classes() == before));
}

BOOST_AUTO_TEST_CASE(every_way_to_set_or_take_away_a_password_is_counted) {
  const std::string id = import("bcrypt", "d@example.com", bcrypt_text);
  const auto set = [&](const std::string& password) {
    return call(Method::patch, "/v1/users/" + id + "/password", R"({"password":")" + password + "\"}", key).status();
  };
  BOOST_TEST(set("password-1") == 200);
  BOOST_TEST(users_of(Kind::bcrypt) == 0U);
  BOOST_TEST(users_of(Kind::argon2id) == 1U);
  BOOST_TEST(set("password-2") == 200);
  BOOST_TEST(users_of(Kind::argon2id) == 1U);
  BOOST_TEST(set("") == 200);
  BOOST_TEST(classes().counted.empty());
  const Headers anonymous = with_session(call(Method::post, "/v1/account/sessions/anonymous").session());
  BOOST_TEST(call(Method::patch, "/v1/account/email", R"({"email":"g@example.com","password":"password-3"})", anonymous)
                 .status() == 200);
  BOOST_TEST(users_of(Kind::argon2id) == 1U);
  BOOST_TEST(
      call(Method::patch, "/v1/account/password", R"({"password":"password-4","oldPassword":"password-3"})", anonymous)
          .status() == 200);
  BOOST_TEST(users_of(Kind::argon2id) == 1U);
  BOOST_TEST(call(Method::patch, "/v1/account/email", R"({"email":"h@example.com","password":"password-4"})", anonymous)
                 .status() == 200);
  BOOST_TEST(users_of(Kind::argon2id) == 1U);
}

BOOST_AUTO_TEST_CASE(an_unknown_email_is_checked_against_a_class_of_the_projects_own) {
  for (int i = 0; i < 20; ++i) import("bcrypt", "user" + std::to_string(i) + "@example.com", bcrypt_text);
  const auto project = app().services().projects.find("p1");
  const result<storage::SignInPremise> premise =
      run(app().services().store.sign_in_premise(number, "nobody@example.com"));
  BOOST_REQUIRE(premise);
  BOOST_TEST(!premise->account.has_value());
  const PasswordHash decoy =
      app().services().hasher.decoy(project->decoy_key, premise->hash_classes, "nobody@example.com");
  BOOST_TEST(decoy.algorithm == "bcrypt");
  BOOST_TEST(sign_in("nobody@example.com").type() == "user_invalid_credentials");
  const PasswordHash before = decoy;
  restart();
  const auto again = app().services().projects.find("p1");
  BOOST_TEST((app().services().hasher.decoy(again->decoy_key, premise->hash_classes, "nobody@example.com") == before));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
