#include <boost/test/unit_test.hpp>

#include "net/changes/identities.hpp"
#include "storage/check.hpp"
#include "tests/support/app_fixture.hpp"
#include "tests/support/run.hpp"

namespace portcullis::test {
namespace {

using http::Method;

struct Identities : AppFixture {
  Headers key{{"X-Appwrite-Key", make_key({"users.read", "users.write"})}};
  std::string user = sign_up("a@example.com").text("$id");
  std::string other = sign_up("b@example.com").text("$id");

  Reply list(const std::string& query = {}) { return call(Method::get, "/v1/users/identities" + query, {}, key); }
  Reply remove(const std::string& id) { return call(Method::del, "/v1/users/identities/" + id, {}, key); }
  static std::vector<std::string> ids(const Reply& reply) {
    std::vector<std::string> out;
    const json::Value* const all = json::find(*reply.body.object(), "identities");
    BOOST_REQUIRE(all != nullptr && all->array() != nullptr);
    for (const json::Value& each : *all->array()) out.push_back(*json::find(*each.object(), "$id")->string());
    return out;
  }
  static std::int64_t total(const Reply& reply) { return *json::find(*reply.body.object(), "total")->integer(); }
  std::uint64_t problems() {
    const result<storage::CheckReport> report = storage::check(app().engine(), {});
    BOOST_REQUIRE(report);
    return report->problem_count;
  }
};

using Ids = std::vector<std::string>;

}  // namespace

BOOST_FIXTURE_TEST_SUITE(app_identities, Identities)

BOOST_AUTO_TEST_CASE(an_identity_is_shown_whole_to_a_key_and_without_tokens_to_an_impersonator) {
  const std::string id = add_identity(user, "github", "77", "ada@github.example");
  const auto first = [](const Reply& reply) {
    const json::Value* const all = json::find(*reply.body.object(), "identities");
    Reply one;
    one.body = all->array()->front();
    return one;
  };
  const Reply shown = first(list());
  BOOST_TEST(shown.text("$id") == id);
  BOOST_TEST(shown.text("userId") == user);
  BOOST_TEST(shown.text("provider") == "github");
  BOOST_TEST(shown.text("providerUid") == "77");
  BOOST_TEST(shown.text("providerEmail") == "ada@github.example");
  BOOST_TEST(shown.text("providerAccessToken") == "access of 77");
  BOOST_TEST(shown.text("providerRefreshToken") == "refresh of 77");
  BOOST_TEST(shown.text("providerAccessTokenExpiry").empty());
  call(Method::patch, "/v1/users/" + other + "/impersonator", R"({"impersonator":true})", key);
  const Headers reader = with_session(sign_in("b@example.com").session());
  const Reply seen = first(call(Method::get, "/v1/users/identities", {}, reader));
  BOOST_TEST(seen.text("$id") == id);
  BOOST_TEST(seen.text("providerAccessToken").empty());
  BOOST_TEST(seen.text("providerRefreshToken").empty());
  BOOST_TEST(call(Method::del, "/v1/users/identities/" + id, {}, reader).type() == "general_unauthorized_scope");
}

BOOST_AUTO_TEST_CASE(a_list_is_in_the_order_of_creation_filtered_counted_and_never_searched) {
  Ids all;
  for (int i = 0; i < 5; ++i)
    all.push_back(add_identity(i % 2 ? user : other, i < 2 ? "github" : "google", std::to_string(i),
                               "m" + std::to_string(i) + "@example.com"));
  BOOST_TEST(ids(list()) == all, boost::test_tools::per_element());
  BOOST_TEST(total(list()) == 5);
  BOOST_TEST(total(list("?total=false")) == 0);
  const auto ask = [&](const std::string& query) { return list("?queries[0]=" + query); };
  const std::string by_user = R"(%7B"method":"equal","attribute":"userId","values":[")" + user + R"("]%7D)";
  BOOST_TEST(ids(ask(by_user)) == (Ids{all[1], all[3]}), boost::test_tools::per_element());
  BOOST_TEST(total(ask(by_user)) == 2);
  BOOST_TEST(
      ids(ask(R"(%7B"method":"equal","attribute":"providerEmail","values":["m4@example.com"]%7D)")) == Ids{all[4]},
      boost::test_tools::per_element());
  BOOST_TEST(ids(ask(R"(%7B"method":"cursorAfter","values":[")" + all[2] + R"("]%7D)")) == (Ids{all[3], all[4]}),
             boost::test_tools::per_element());
  BOOST_TEST(ask(R"(%7B"method":"equal","attribute":"name","values":["x"]%7D)").type() == "general_argument_invalid");
  BOOST_TEST(ask(R"(%7B"method":"cursorAfter","values":["none"]%7D)").type() == "general_cursor_not_found");
  BOOST_TEST(list("?search=m4").type() == "general_query_invalid");
  BOOST_TEST(list("?search=").status() == 200);
}

BOOST_AUTO_TEST_CASE(a_deleted_identity_is_gone_and_its_place_at_the_provider_is_free) {
  const std::string id = add_identity(user, "github", "77", "ada@github.example");
  BOOST_TEST(remove(id).status() == 204);
  BOOST_TEST(remove(id).type() == "user_identity_not_found");
  BOOST_TEST(remove("none").type() == "user_identity_not_found");
  BOOST_TEST(total(list()) == 0);
  const std::string again = add_identity(other, "github", "77", "ada@github.example");
  restart();
  BOOST_TEST(ids(list()) == Ids{again}, boost::test_tools::per_element());
  BOOST_TEST(problems() == 0U);
}

BOOST_AUTO_TEST_CASE(one_user_of_a_provider_has_one_identity_and_it_needs_a_user) {
  add_identity(user, "github", "77", "");
  BOOST_CHECK_THROW(add_identity(other, "github", "77", ""), std::runtime_error);
  BOOST_CHECK_THROW(add_identity("nobody", "github", "78", ""), std::runtime_error);
  add_identity(other, "google", "77", "");
  BOOST_TEST(total(list()) == 2);
}

BOOST_AUTO_TEST_CASE(identities_go_with_their_user) {
  add_identity(user, "github", "1", "x@example.com");
  add_identity(user, "google", "2", "y@example.com");
  const std::string kept = add_identity(other, "github", "3", "z@example.com");
  BOOST_TEST(call(Method::del, "/v1/users/" + user, {}, key).status() == 204);
  BOOST_TEST(ids(list()) == Ids{kept}, boost::test_tools::per_element());
  BOOST_TEST(total(list()) == 1);
  BOOST_TEST(problems() == 0U);
  BOOST_TEST(sign_up("x@example.com").status() == 201);
}

BOOST_AUTO_TEST_CASE(an_address_of_an_identity_is_taken_for_new_users) {
  add_identity(user, "github", "1", "known@example.com");
  BOOST_TEST(sign_up("Known@example.com").type() == "general_bad_request");
  const auto create = [&](const std::string& path, const std::string& more) {
    std::string body = R"j({"userId":"unique()","email":"known@example.com")j";
    body.append(more).append("}");
    return call(Method::post, "/v1/users" + path, std::move(body), key);
  };
  const Reply refused = create("", R"(,"password":"password-1")");
  BOOST_TEST(refused.status() == 409);
  BOOST_TEST(refused.type() == "user_email_already_exists");
  BOOST_TEST(create("/md5", R"(,"password":"144fa7eaa4904e8ee120651997f70dcc")").type() == "user_email_already_exists");
  // Asked before personal data is looked for.
  set([](ProjectSettings& s) { s.personal_data_check = true; });
  BOOST_TEST(create("", R"(,"password":"known@example.com")").type() == "user_email_already_exists");
  BOOST_TEST(sign_up("known@example.com", "known@example.com").type() == "general_bad_request");
}

BOOST_AUTO_TEST_CASE(an_address_of_another_users_identity_cannot_be_moved_to_and_ones_own_can) {
  add_identity(user, "github", "1", "known@example.com");
  const std::string body = R"({"email":"known@example.com","password":"password-1"})";
  const Headers stranger = with_session(sign_in("b@example.com").session());
  const Headers own = with_session(sign_in("a@example.com").session());
  BOOST_TEST(call(Method::patch, "/v1/account/email", body, stranger).type() == "general_bad_request");
  BOOST_TEST(call(Method::patch, "/v1/users/" + other + "/email", body, key).type() == "user_email_already_exists");
  BOOST_TEST(call(Method::patch, "/v1/account/email", body, own).status() == 200);
  add_identity(other, "github", "2", "theirs@example.com");
  const std::string theirs = R"({"email":"theirs@example.com"})";
  BOOST_TEST(call(Method::patch, "/v1/users/" + user + "/email", theirs, key).type() == "user_email_already_exists");
  BOOST_TEST(call(Method::patch, "/v1/users/" + other + "/email", theirs, key).status() == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
