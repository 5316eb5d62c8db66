#include <algorithm>
#include <boost/test/unit_test.hpp>

#include "tests/support/app_fixture.hpp"

namespace portcullis::test {
namespace {

using http::Method;
using Texts = std::vector<std::string>;

struct Orders : AppFixture {
  Headers key{{"X-Appwrite-Key", make_key({"users.read", "users.write", "targets.read", "targets.write", "keys.read",
                                           "keys.write", "platforms.read", "platforms.write", "mocks.read",
                                           "mocks.write", "policies.read", "project.read"})}};

  Reply make(const std::string& path, std::string body, Method method = Method::post) {
    clock.advance(std::chrono::milliseconds(1));
    Reply reply = call(method, path, std::move(body), key);
    BOOST_TEST(reply.status() < 300, path << ": " << reply.response.body);
    return reply;
  }
  /// One text of each record of a list, by default in the order that the list has by itself.
  Texts listed(const std::string& path, const char* list, const char* member, const std::string& query = {},
               Headers more = {}) {
    more.insert(more.end(), key.begin(), key.end());
    const Reply reply = call(Method::get, path + (query.empty() ? "" : "?queries[]=" + query), {}, std::move(more));
    BOOST_TEST(reply.status() == 200, path << "?" << query << ": " << reply.response.body);
    Texts texts;
    const json::Value* const records = reply.status() == 200 ? json::find(*reply.body.object(), list) : nullptr;
    if (records != nullptr && records->array() != nullptr)
      for (const json::Value& record : *records->array())
        texts.push_back(*json::find(*record.object(), member)->string());
    return texts;
  }
  /// Both orders without an attribute, as clients say it.
  void is_by_creation(const std::string& path, const char* list, const char* member, std::size_t records) {
    const Texts oldest_first = listed(path, list, member);
    BOOST_TEST(oldest_first.size() == records, path);
    const Texts newest_first(oldest_first.rbegin(), oldest_first.rend());
    for (const std::string rest : {"", R"(,"attribute":"")", R"(,"attribute":null)"}) {
      BOOST_TEST(listed(path, list, member, R"(%7B"method":"orderDesc")" + rest + "%7D") == newest_first, path);
      BOOST_TEST(listed(path, list, member, R"(%7B"method":"orderAsc")" + rest + "%7D") == oldest_first, path);
    }
  }
  const std::string phones_path = "/v1/project/mock-phones";
  void add_phone(const std::string& number) { make(phones_path, R"({"number":")" + number + R"(","otp":"123456"})"); }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(app_orders, Orders)

BOOST_AUTO_TEST_CASE(an_order_without_an_attribute_is_that_of_creation_in_every_list) {
  for (const std::string name : {"c", "a", "b"}) {
    const std::string id = make("/v1/users", R"({"userId":"user-)" + name + R"(","name":"N"})").text("$id");
    add_identity(id, "github", name, name + "@example.com");
    make("/v1/users/user-c/targets",
         R"({"targetId":"t-)" + name + R"(","providerType":"email","identifier":")" + name + R"(@example.org"})");
    make_key({});
    make("/v1/project/platforms/linux",
         R"({"platformId":"p-)" + name + R"(","name":"N","packageName":")" + name + "\"}");
  }
  for (const char* const number : {"+15550103", "+15550101", "+15550102"}) add_phone(number);
  is_by_creation("/v1/users", "users", "$id", 3);
  is_by_creation("/v1/users/identities", "identities", "$id", 3);
  is_by_creation("/v1/users/user-c/targets", "targets", "$id", 3);
  is_by_creation("/v1/project/platforms", "platforms", "$id", 3);
  is_by_creation(phones_path, "mockNumbers", "number", 3);
  is_by_creation("/v1/project/policies", "policies", "$id", 11);
  is_by_creation("/v1/project/keys", "keys", "$id", 4);  // with the one that asks
}

BOOST_AUTO_TEST_CASE(another_attribute_that_a_list_does_not_have_is_still_refused) {
  const auto status = [&](const std::string& path, const std::string& query) {
    return call(Method::get, path + "?queries[]=" + query, {}, key).status();
  };
  BOOST_TEST(status("/v1/users", R"(%7B"method":"orderDesc","attribute":"none"%7D)") == 400);
  BOOST_TEST(status(phones_path, R"(%7B"method":"orderDesc","attribute":"number"%7D)") == 400);
  BOOST_TEST(status("/v1/users", R"(%7B"method":"equal","values":["x"]%7D)") == 400);
}

BOOST_AUTO_TEST_CASE(mock_phone_numbers_stay_in_the_order_of_adding) {
  const auto numbers = [&] { return listed(phones_path, "mockNumbers", "number"); };
  for (const char* const number : {"+15550109", "+15550105", "+15550107"}) add_phone(number);
  BOOST_TEST((numbers() == Texts{"+15550109", "+15550105", "+15550107"}));
  make(phones_path + "/+15550109", R"({"otp":"654321"})", Method::put);
  BOOST_TEST(call(Method::del, phones_path + "/+15550105", {}, key).status() == 204);
  add_phone("+15550101");
  add_phone("+15550105");
  const Texts wanted{"+15550109", "+15550107", "+15550101", "+15550105"};
  BOOST_TEST(numbers() == wanted);
  restart();
  BOOST_TEST(numbers() == wanted);
  const Reply old = call(Method::get, "/v1/project", {}, {key.front(), {"X-Appwrite-Response-Format", "1.9.4"}});
  const json::Value* const shown = json::find(*old.body.object(), "authMockNumbers");
  BOOST_REQUIRE(shown != nullptr && shown->array() != nullptr);
  Texts inside;
  for (const json::Value& each : *shown->array()) {
    inside.push_back(*json::find(*each.object(), "phone")->string());
    BOOST_TEST(json::find(*each.object(), "number") == nullptr);
  }
  BOOST_TEST(inside == wanted);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
