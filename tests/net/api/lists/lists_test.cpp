#include <boost/test/unit_test.hpp>

#include "tests/support/app_fixture.hpp"

namespace portcullis::test {
namespace {

using http::Method;

struct Lists : AppFixture {
  Headers key{{"X-Appwrite-Key", make_key({"users.read", "users.write"})}};
  ByteBudget& budget = app().services().scans.budget();

  Lists() {
    const std::string prefs = R"({"prefs":{"long":")" + std::string(60'000, 'x') + "\"}}";
    for (const char* const address : {"a@example.com", "b@example.com", "c@example.com"}) {
      const std::string id = sign_up(address).text("$id");
      BOOST_REQUIRE(call(Method::patch, "/v1/users/" + id + "/prefs", prefs, key).status() == 200);
    }
  }
  Reply long_list() { return call(Method::get, "/v1/users", {}, key); }
  Reply short_list() {
    return call(Method::get, R"(/v1/users?queries[0]=%7B"method":"limit","values":[1]%7D)", {}, key);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(app_lists, Lists)

BOOST_AUTO_TEST_CASE(long_lists_share_one_room_until_they_are_written_and_short_ones_need_none) {
  std::optional<BudgetShare> others(budget);
  std::size_t all = 0;
  while (others->grow(all + 65'536)) all += 65'536;
  BOOST_TEST(all >= std::size_t{32} << 20);
  const Reply refused = long_list();
  BOOST_TEST(refused.type() == "server_busy");
  BOOST_TEST(refused.response.header("Retry-After") == "1");
  BOOST_TEST(short_list().status() == 200);
  others->shrink(all - 300'000);
  {
    const Reply held = long_list();
    BOOST_TEST(held.status() == 200);
    BOOST_TEST(long_list().type() == "server_busy");
  }
  BOOST_TEST(long_list().status() == 200);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
