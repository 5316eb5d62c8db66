#include "net/outbound/schedule.hpp"

#include <boost/test/unit_test.hpp>

#include "policies/outbox_policy.hpp"

namespace {

using namespace portcullis;
using namespace portcullis::outbound;
using std::chrono::seconds;
using Marks = std::vector<std::string>;

const Time now = from_millis(1'800'000'000'000);

OutboxMessage message(std::string id, std::string recipient = "") {
  OutboxMessage made;
  made.id = std::move(id);
  made.recipient = std::move(recipient);
  return made;
}

BOOST_AUTO_TEST_SUITE(schedule_of_tries)

BOOST_AUTO_TEST_CASE(a_host_is_ready_when_its_time_has_come) {
  Schedule schedule;
  schedule.expect("a", now + seconds(2));
  schedule.expect("a", now + seconds(5));
  BOOST_TEST((schedule.ready(now) == Marks{}));
  BOOST_TEST((schedule.next(now) == std::optional(now + seconds(2))));
  BOOST_TEST((schedule.ready(now + seconds(2)) == Marks{"a"}));
  schedule.replace("a", std::nullopt);
  BOOST_TEST((schedule.ready(now + seconds(9)) == Marks{}));
  BOOST_TEST(!schedule.next(now).has_value());
}

BOOST_AUTO_TEST_CASE(a_slow_host_holds_no_more_than_its_places) {
  Schedule schedule;
  schedule.expect("slow", now);
  schedule.expect("fast", now);
  std::size_t begun = 0;
  while (schedule.room("slow", now) > 0) schedule.begin(message("m" + std::to_string(begun++)), "slow", now);
  BOOST_TEST(begun == 8U);
  BOOST_TEST((schedule.ready(now) == Marks{"fast"}));
  schedule.end("m0", true, now);
  BOOST_TEST((schedule.ready(now) == Marks{"fast", "slow"}));  // the one that waited longer comes first
}

BOOST_AUTO_TEST_CASE(a_host_that_does_not_answer_gets_one_try_at_a_time_and_pauses) {
  Schedule schedule;
  schedule.expect("dead", now);
  for (int i = 0; i < 4; ++i) {
    BOOST_TEST(schedule.room("dead", now) == (i == 0 ? 8U : 1U));
    schedule.begin(message("m"), "dead", now);
    schedule.end("m", false, now);
  }
  BOOST_TEST(schedule.room("dead", now) == 0U);
  BOOST_TEST((schedule.next(now) == std::optional(now + seconds(1))));
  BOOST_TEST((schedule.ready(now + seconds(1)) == Marks{"dead"}));
  schedule.begin(message("m"), "dead", now);
  schedule.end("m", true, now);
  BOOST_TEST(schedule.room("dead", now) == 8U);
}

BOOST_AUTO_TEST_CASE(a_recipient_gets_one_at_a_time_and_so_many_in_a_window) {
  Schedule schedule;
  const OutboxMessage to_them = message("m", "user@example.com");
  schedule.begin(to_them, "a", now);
  BOOST_TEST(schedule.recipient(message("n", "user@example.com"), now).busy);
  BOOST_TEST(!schedule.recipient(message("n", "other@example.com"), now).busy);
  BOOST_TEST(!schedule.recipient(message("n"), now).busy);
  schedule.end("m", true, now);
  for (std::uint32_t i = 1; i < policies::tries_to_recipient; ++i) {
    BOOST_TEST(!schedule.recipient(to_them, now).not_before.has_value());
    schedule.begin(to_them, "a", now);
    schedule.end("m", true, now);
  }
  BOOST_TEST((schedule.recipient(to_them, now).not_before == std::optional(now + policies::recipient_window)));
  BOOST_TEST(!schedule.recipient(to_them, now + policies::recipient_window).not_before.has_value());
}

BOOST_AUTO_TEST_CASE(all_hosts_together_have_so_many_places) {
  Schedule schedule;
  std::size_t begun = 0;
  for (std::size_t host = 0; host < 100; ++host) {
    const std::string mark = "h" + std::to_string(host);
    schedule.expect(mark, now);
    while (schedule.room(mark, now) > 0) schedule.begin(message("m" + std::to_string(begun++)), mark, now);
  }
  BOOST_TEST(begun == policies::tries_at_once);
  BOOST_TEST((schedule.ready(now) == Marks{}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace
