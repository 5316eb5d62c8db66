#include <boost/test/unit_test.hpp>

#include "tests/support/app_fixture.hpp"

namespace portcullis::test {
namespace {

using http::Method;

struct Impersonation : AppFixture {
  Headers key{{"X-Appwrite-Key", make_key({"users.read", "users.write"})}};
  std::string actor = sign_up("actor@example.com").text("$id");
  std::string target = sign_up("target@example.com").text("$id");
  Headers own = with_session(sign_in("actor@example.com").session());

  void grant(bool right) {
    const std::string body = right ? R"({"impersonator":true})" : R"({"impersonator":false})";
    BOOST_TEST(call(Method::patch, "/v1/users/" + actor + "/impersonator", body, key).status() == 200);
  }
  Reply as(const std::string& header, const std::string& value, Method method = Method::get,
           std::string path = "/v1/account", std::string body = {}) {
    Headers headers = own;
    headers.emplace_back("X-Appwrite-Impersonate-User-" + header, value);
    return call(method, std::move(path), std::move(body), std::move(headers));
  }
  std::string accessed_at(const std::string& user) {
    return call(Method::get, "/v1/users/" + user, {}, key).text("accessedAt");
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(app_impersonation, Impersonation)

BOOST_AUTO_TEST_CASE(a_user_with_the_right_sees_the_account_named_by_id_email_or_phone) {
  call(Method::patch, "/v1/users/" + target + "/phone", R"({"number":"+14155552671"})", key);
  grant(true);
  for (const Reply& shown : {as("Id", target), as("Email", "Target@Example.com"), as("Phone", "+14155552671")}) {
    BOOST_TEST(shown.text("$id") == target);
    BOOST_TEST(shown.text("impersonatorUserId") == actor);
  }
  const Reply self = call(Method::get, "/v1/account", {}, own);
  BOOST_TEST(self.text("$id") == actor);
  BOOST_TEST(self.text("impersonatorUserId").empty());
}

BOOST_AUTO_TEST_CASE(who_looks_without_the_right_sees_themselves) {
  BOOST_TEST(as("Id", target).text("$id") == actor);
  grant(true);
  BOOST_TEST(as("Id", target).text("$id") == target);
  grant(false);
  const Reply after = as("Id", target);
  BOOST_TEST(after.text("$id") == actor);
  BOOST_TEST(after.text("impersonatorUserId").empty());
}

BOOST_AUTO_TEST_CASE(without_the_right_nothing_is_changed_in_the_name_of_another) {
  for (int i = 0; i < 2; ++i) {
    BOOST_TEST(as("Id", target, Method::del).type() == "user_unauthorized");
    BOOST_TEST(as("Id", target, Method::patch, "/v1/account/name", R"({"name":"New"})").type() == "user_unauthorized");
    BOOST_TEST(as("Id", "nobody", Method::del).type() == "user_unauthorized");
    grant(true);
    BOOST_TEST(as("Id", target).text("$id") == target);
    grant(false);
  }
  for (const std::string& user : {actor, target}) {
    BOOST_TEST(call(Method::get, "/v1/users/" + user, {}, key).text("name") == "Ada");
  }
}

BOOST_AUTO_TEST_CASE(somebody_who_is_not_there_is_nobody_else) {
  grant(true);
  for (const Method method : {Method::get, Method::del}) {
    for (const char* nobody : {"nobody", "_x", "a b", "../x"})
      BOOST_TEST(as("Id", nobody, method).type() == "user_not_found");
    BOOST_TEST(as("Email", "nobody@example.com", method).type() == "user_not_found");
    BOOST_TEST(as("Phone", "+14155550000", method).type() == "user_not_found");
    for (const char* query : {"impersonateUserId=nobody", "impersonateuserid=nobody", "impersonateUserId[]=nobody",
                              "impersonateEmail[x]=nobody@example.com", "impersonatePhone=1"})
      BOOST_TEST(call(method, std::string("/v1/account?") + query, {}, own).type() == "user_not_found", query);
  }
  std::string many = "/v1/account?impersonateUserId=" + target;
  for (int i = 0; i < 200; ++i) many += "&p" + std::to_string(i) + "=1";
  BOOST_TEST(call(Method::del, many, {}, own).status() == 400);
  BOOST_TEST(as("Id", target, Method::del).status() == 204);
  BOOST_TEST(as("Id", target, Method::del).type() == "user_not_found");  // gone a moment ago
  BOOST_TEST(call(Method::get, "/v1/account", {}, own).text("$id") == actor);
}

BOOST_AUTO_TEST_CASE(who_means_somebody_else_never_changes_themselves) {
  constexpr const char* in_vain[] = {"impersonateUserId=",   "impersonateUserId",    "impersonateuserid=%20",
                                     "impersonateEmail=",    "impersonateEmail=%20", "impersonatephone=",
                                     "IMPERSONATEUSERID=",   "impersonateUserId[]=", "impersonateUserEmail=x",
                                     "impersonate[userId]=x"};
  const auto all_are = [&](const char* type) {
    for (const std::string name : {"Id", "Email", "Phone"})
      for (const char* value : {"", " ", "\t"}) BOOST_TEST(as(name, value, Method::del).type() == type, name);
    for (const std::string query : in_vain)
      BOOST_TEST(call(Method::del, "/v1/account?" + query, {}, own).type() == type, query);
    for (const std::string name : {"IMPERSONATEUSERID", "impersonateUserEmail"})
      BOOST_TEST(call(Method::del, "/v1/account?" + name + "=" + target, {}, own).type() == type, name);
    for (const std::string body : {R"({"impersonateUserId":"x"})", R"({"impersonateUserId":""})",
                                   R"({"ImpersonateEmail":null})", R"({"impersonatephone":["x"]})"})
      BOOST_TEST(call(Method::del, "/v1/account", body, own).type() == type, body);
    BOOST_TEST(as("Name", target, Method::del).type() == type);
    BOOST_TEST(as("Id", "", Method::patch, "/v1/account/name", R"({"name":"New"})").type() == type);
  };
  all_are("user_unauthorized");
  grant(true);
  all_are("user_not_found");
  for (const std::string& user : {actor, target})
    BOOST_TEST(call(Method::get, "/v1/users/" + user, {}, key).text("name") == "Ada");
}

BOOST_AUTO_TEST_CASE(every_line_of_the_header_is_read) {
  grant(true);
  Headers lines = own;
  lines.emplace_back("X-Appwrite-Impersonate-User-Id", "");
  lines.emplace_back("x-appwrite-impersonate-user-id", target);
  BOOST_TEST(call(Method::get, "/v1/account", {}, lines).text("$id") == target);
  BOOST_TEST(call(Method::del, "/v1/account", {}, lines).type() == "user_not_found");
  std::swap(lines[lines.size() - 2], lines.back());
  BOOST_TEST(call(Method::del, "/v1/account", {}, lines).type() == "user_not_found");
  BOOST_TEST(call(Method::get, "/v1/users/" + target, {}, key).status() == 200);
  lines.pop_back();
  BOOST_TEST(call(Method::del, "/v1/account", {}, lines).status() == 204);
}

BOOST_AUTO_TEST_CASE(a_body_that_cannot_be_read_deletes_nobody) {
  grant(true);
  for (const std::string& body : {R"({"impersonateUserId":")" + target + "\"", std::string("{"), std::string("x=y")}) {
    BOOST_TEST(call(Method::del, "/v1/account", body, own).type() == "general_argument_invalid", body);
    BOOST_TEST(call(Method::del, "/v1/account/sessions", body, own).type() == "general_argument_invalid", body);
    BOOST_TEST(call(Method::del, "/v1/users/" + target, body, key).type() == "general_argument_invalid", body);
  }
  for (const std::string& user : {actor, target})
    BOOST_TEST(call(Method::get, "/v1/users/" + user, {}, key).status() == 200);
  BOOST_TEST(call(Method::get, "/v1/account", {}, own).status() == 200);
  BOOST_TEST(call(Method::del, "/v1/nowhere", "{", own).type() == "general_route_not_found");
  for (const char* body : {" ", "[]", "{}"}) {
    const std::string leaver = sign_up("leaver@example.com").text("$id");
    BOOST_TEST(call(Method::del, "/v1/users/" + leaver, body, key).status() == 204, body);
  }
}

BOOST_AUTO_TEST_CASE(of_two_names_neither_is_acted_as) {
  const std::string other = sign_up("other@example.com").text("$id");
  const auto deleted = [&](const std::string& query, const std::vector<std::string>& lines) {
    Headers headers = own;
    for (const std::string& line : lines) headers.emplace_back("X-Appwrite-Impersonate-User-Id", line);
    return call(Method::del, "/v1/account" + query, {}, std::move(headers));
  };
  const auto all_are = [&](const char* type) {
    BOOST_TEST(deleted("", {target, other}).type() == type);
    BOOST_TEST(deleted("?impersonateUserId=" + target, {other}).type() == type);
    BOOST_TEST(deleted("?impersonateuserid=" + target, {other}).type() == type);
    BOOST_TEST(deleted("?impersonateUserId=" + target + "&impersonateUserId=" + other, {}).type() == type);
    BOOST_TEST(deleted("?impersonateUserId=" + target + "&impersonateuserid=" + other, {}).type() == type);
    BOOST_TEST(deleted("?impersonateUserId[]=" + target + "&impersonateUserId=" + other, {}).type() == type);
    BOOST_TEST(deleted("?impersonateEmail=target@example.com&impersonateemail=other@example.com", {}).type() == type);
  };
  all_are("user_unauthorized");
  grant(true);
  all_are("user_not_found");
  for (const std::string& user : {actor, target, other})
    BOOST_TEST(call(Method::get, "/v1/users/" + user, {}, key).status() == 200);
  BOOST_TEST(deleted("?impersonateUserId=" + target + "&impersonateuserid=" + target, {target, target}).status() ==
             204);
}

BOOST_AUTO_TEST_CASE(a_query_is_read_only_where_it_is_about_somebody) {
  grant(true);
  std::string many = "?";
  for (int i = 0; i < 101; ++i) many += "p" + std::to_string(i) + "=1&";
  const std::string name = R"({"name":"New"})";
  BOOST_TEST(call(Method::patch, "/v1/account/name" + many + "q=impersonate", name, own).status() == 200);
  for (const char* named : {"impersonateUserId=nobody", "%69mpersonateUserId=nobody", "imperson%41teUserId=nobody"})
    BOOST_TEST(call(Method::patch, "/v1/account/name" + many + named, name, own).status() == 400, named);
  for (const std::string named : {"impersonateUserId=", "%69mpersonateUserId=", "impersonate%55serId="})
    BOOST_TEST(call(Method::get, "/v1/account?q=1&" + named + target, {}, own).text("$id") == target, named);
}

BOOST_AUTO_TEST_CASE(who_looks_under_an_empty_name_sees_themselves) {
  grant(true);
  for (const char* name : {"Id", "Email", "Phone"}) BOOST_TEST(as(name, "").text("$id") == actor);
  for (const char* query : {"impersonateUserId=", "impersonateuserid=", "impersonateEmail="})
    BOOST_TEST(call(Method::get, std::string("/v1/account?") + query, {}, own).text("$id") == actor);
  BOOST_TEST(as("Id", "", Method::get, "/v1/account?impersonateEmail=target@example.com").text("$id") == target);
}

BOOST_AUTO_TEST_CASE(a_blocked_impersonator_learns_of_nobody) {
  grant(true);
  call(Method::patch, "/v1/users/" + actor + "/status", R"({"status":false})", key);
  BOOST_TEST(as("Id", "nobody").type() == "user_blocked");
}

BOOST_AUTO_TEST_CASE(the_header_goes_before_the_query_and_the_id_before_the_others) {
  grant(true);
  const auto by_query = [&](const std::string& query) {
    return call(Method::get, "/v1/account?" + query, {}, own).text("$id");
  };
  for (const char* name : {"impersonateUserId=", "impersonateuserid="}) BOOST_TEST(by_query(name + target) == target);
  for (const char* name : {"impersonateEmail=", "impersonateemail="})
    BOOST_TEST(by_query(name + std::string("target@example.com")) == target);
  Headers both = own;
  both.emplace_back("X-Appwrite-Impersonate-User-Id", target);
  BOOST_TEST(call(Method::get, "/v1/account?impersonateUserId=" + actor, {}, both).text("$id") == target);
  BOOST_TEST(call(Method::get, "/v1/account?impersonateEmail=actor@example.com", {}, both).text("$id") == target);
  both.back().second = "nobody";  // the first that is given counts, found or not
  BOOST_TEST(call(Method::get, "/v1/account?impersonateEmail=target@example.com", {}, both).type() == "user_not_found");
}

BOOST_AUTO_TEST_CASE(other_endpoints_of_the_account_act_on_the_one_who_signed_in) {
  grant(true);
  const Reply renamed = as("Id", target, Method::patch, "/v1/account/name", R"({"name":"New"})");
  BOOST_TEST(renamed.text("$id") == actor);
  BOOST_TEST(renamed.text("impersonatorUserId").empty());
  BOOST_TEST(call(Method::get, "/v1/users/" + target, {}, key).text("name") == "Ada");
  BOOST_TEST(as("Id", target, Method::get, "/v1/account/sessions").status() == 200);
  BOOST_TEST(as("Id", target, Method::del, "/v1/account/sessions").status() == 204);
  BOOST_TEST(as("Id", target).status() == 401);
}

BOOST_AUTO_TEST_CASE(deleting_the_account_deletes_the_one_acted_as) {
  grant(true);
  BOOST_TEST(as("Id", target, Method::del).status() == 204);
  BOOST_TEST(call(Method::get, "/v1/users/" + target, {}, key).type() == "user_not_found");
  BOOST_TEST(call(Method::get, "/v1/account", {}, own).text("$id") == actor);
}

BOOST_AUTO_TEST_CASE(sessions_kept_in_memory_never_mix_actor_and_target) {
  grant(true);
  const Headers theirs = with_session(sign_in("target@example.com").session());
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST(as("Id", target).text("$id") == target);
    BOOST_TEST(call(Method::get, "/v1/account", {}, own).text("$id") == actor);
    const Reply seen = call(Method::get, "/v1/account", {}, theirs);
    BOOST_TEST(seen.text("$id") == target);
    BOOST_TEST(seen.text("impersonatorUserId").empty());
  }
  call(Method::patch, "/v1/users/" + target + "/name", R"({"name":"Changed"})", key);
  BOOST_TEST(as("Id", target).text("name") == "Changed");
}

BOOST_AUTO_TEST_CASE(acting_as_another_is_no_activity_of_either) {
  grant(true);
  const std::string before = accessed_at(target);
  clock.advance(std::chrono::hours(25));
  BOOST_TEST(as("Id", target).status() == 200);
  BOOST_TEST(accessed_at(target) == before);
  BOOST_TEST(accessed_at(actor) == before);
  BOOST_TEST(call(Method::get, "/v1/account", {}, own).status() == 200);
  BOOST_TEST(accessed_at(actor) != before);
}

BOOST_AUTO_TEST_CASE(status_is_asked_of_the_one_who_signed_in) {
  grant(true);
  call(Method::patch, "/v1/users/" + target + "/status", R"({"status":false})", key);
  BOOST_TEST(as("Id", target).text("$id") == target);
  call(Method::patch, "/v1/users/" + actor + "/status", R"({"status":false})", key);
  BOOST_TEST(as("Id", target).type() == "user_blocked");
}

BOOST_AUTO_TEST_CASE(an_impersonator_reads_users_without_hashes_and_changes_none) {
  const std::string path = "/v1/users/" + target;
  BOOST_TEST(call(Method::get, path, {}, own).type() == "general_unauthorized_scope");
  grant(true);
  const Reply shown = call(Method::get, path, {}, own);
  BOOST_TEST(shown.text("$id") == target);
  for (const char* field : {"password", "hash", "hashOptions"})
    BOOST_TEST(json::find(*shown.body.object(), field) == nullptr);
  for (const char* rest : {"", "/prefs", "/sessions", "/targets"})
    BOOST_TEST(call(Method::get, path + rest, {}, own).status() == 200);
  BOOST_TEST(call(Method::get, "/v1/users", {}, own).status() == 200);
  BOOST_TEST(call(Method::get, "/v1/users", {}, own).response.body.find("argon2") == std::string::npos);
  for (const Method method : {Method::post, Method::del})
    BOOST_TEST(call(method, path + "/sessions", {}, own).type() == "general_unauthorized_scope");
  BOOST_TEST(call(Method::del, path, {}, own).type() == "general_unauthorized_scope");
  BOOST_TEST(call(Method::patch, path + "/impersonator", R"({"impersonator":true})", own).type() ==
             "general_unauthorized_scope");
}

BOOST_AUTO_TEST_CASE(a_key_and_a_guest_act_as_nobody_and_a_jwt_as_its_user) {
  grant(true);
  const Headers jwt{{"X-Appwrite-JWT", call(Method::post, "/v1/account/jwts", {}, own).text("jwt")},
                    {"X-Appwrite-Impersonate-User-Id", target}};
  BOOST_TEST(call(Method::get, "/v1/account", {}, jwt).text("$id") == target);
  Headers keyed = own;
  keyed.push_back(key.front());
  keyed.emplace_back("X-Appwrite-Impersonate-User-Id", target);
  BOOST_TEST(call(Method::get, "/v1/account", {}, keyed).type() == "general_unauthorized_scope");
  BOOST_TEST(call(Method::get, "/v1/account", {}, {keyed.back()}).type() == "general_unauthorized_scope");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
