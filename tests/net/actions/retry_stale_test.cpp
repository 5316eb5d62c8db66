// A premise that went stale is read anew, but not for ever.
#include "net/actions/retry_stale.hpp"

#include <boost/test/unit_test.hpp>
#include <utility>

#include "tests/support/run.hpp"

namespace portcullis::test {
namespace {

/// Stale `times` times, then `then`.
awaitable<result<int>> answer_after(int times, int& asked, result<int> then) {
  if (asked++ < times) co_return error(errc::again);
  co_return then;
}

result<int> retried(int stale, int& asked, result<int> then) {
  auto attempt = [stale, &asked, then] { return answer_after(stale, asked, then); };
  return run(retry_stale<int>(std::move(attempt)));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(retrying_stale_premises)

BOOST_AUTO_TEST_CASE(a_stale_premise_is_read_anew) {
  int asked = 0;
  BOOST_TEST(retried(2, asked, 7).value() == 7);
  BOOST_TEST(asked == 3);
}

BOOST_AUTO_TEST_CASE(a_premise_that_stays_stale_is_given_up) {
  int asked = 0;
  BOOST_TEST((retried(100, asked, 7).error().code == errc::server_busy));
  BOOST_TEST(asked == 3);
}

BOOST_AUTO_TEST_CASE(another_error_is_final) {
  int asked = 0;
  BOOST_TEST((retried(0, asked, error(errc::user_not_found)).error().code == errc::user_not_found));
  BOOST_TEST(asked == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::test
