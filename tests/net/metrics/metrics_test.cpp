// Metrics: the Prometheus text, the counters of requests, and whom the listener answers.

#include "net/metrics/metrics.hpp"

#include <boost/test/unit_test.hpp>
#include <string>
#include <thread>
#include <vector>

#include "net/api/routes.hpp"
#include "net/metrics/prometheus.hpp"
#include "net/pipeline/request_metrics.hpp"

using namespace portcullis;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(metrics_text)

BOOST_AUTO_TEST_CASE(samples_follow_their_help_and_escape_their_labels) {
  prometheus::Writer out;
  out.metric("things_total", "counter", "Things.");
  out.sample({{"kind", "a\"b\\c\nd"}, {"size", "1"}}, std::uint64_t{18446744073709551615U});
  out.sample({}, 0.25);
  BOOST_TEST(out.take() ==
             "# HELP things_total Things.\n# TYPE things_total counter\n"
             "things_total{kind=\"a\\\"b\\\\c\\nd\",size=\"1\"} 18446744073709551615\nthings_total 0.25\n");
}

BOOST_AUTO_TEST_CASE(buckets_are_cumulative_and_in_the_metrics_unit) {
  Histogram histogram(duration_bounds);
  for (const std::uint64_t micros : {100U, 101U, 20'000'000U}) histogram.add(micros);
  prometheus::Writer out;
  out.metric("wait_seconds", "histogram", "Wait.");
  out.sample({{"who", "x"}}, histogram.read(), 1e6);
  const std::string text = out.take();
  BOOST_TEST(text.find("wait_seconds_bucket{who=\"x\",le=\"0.0001\"} 1\n") != std::string::npos, text);
  BOOST_TEST(text.find("wait_seconds_bucket{who=\"x\",le=\"0.00025\"} 2\n") != std::string::npos, text);
  BOOST_TEST(text.find("wait_seconds_bucket{who=\"x\",le=\"10\"} 2\n") != std::string::npos, text);
  BOOST_TEST(text.find("wait_seconds_bucket{who=\"x\",le=\"+Inf\"} 3\n") != std::string::npos, text);
  BOOST_TEST(text.find("wait_seconds_sum{who=\"x\"} 20.000201\n") != std::string::npos, text);
  BOOST_TEST(text.find("wait_seconds_count{who=\"x\"} 3\n") != std::string::npos, text);
}

BOOST_AUTO_TEST_CASE(requests_of_all_shards_are_counted_by_route_and_status) {
  const std::vector<Route>& routes = api::routes();
  RequestMetrics requests(routes, 2);
  const Route unlisted = routes.front();
  std::vector<std::thread> threads;
  for (std::uint32_t shard = 0; shard < 4; ++shard)  // two threads a shard
    threads.emplace_back([&, shard] {
      for (int i = 0; i < 1000; ++i) requests.count(shard, routes[1], i % 2 == 0 ? 200 : 418, 150us);
    });
  for (std::thread& thread : threads) thread.join();
  requests.count(0, unlisted, 404, 1us);
  requests.count_preflight(1);
  requests.count_refused(431);

  const std::vector<RequestMetrics::RouteCounts> rows = requests.read();
  BOOST_REQUIRE(rows.size() == 4U);
  BOOST_TEST(rows[0].route == routes[1].path);
  BOOST_TEST((rows[0].by_status == std::vector<std::pair<int, std::uint64_t>>{{0, 2000}, {200, 2000}}));
  BOOST_TEST(rows[0].durations.total() == 4000U);
  BOOST_TEST(rows[0].durations.sum == 4000U * 150);
  BOOST_TEST(rows[1].route == "(unknown)");
  BOOST_TEST((rows[1].by_status == std::vector<std::pair<int, std::uint64_t>>{{404, 1}}));
  BOOST_TEST(rows[2].route == "(preflight)");
  BOOST_TEST(rows[3].route == "(refused)");
  BOOST_TEST((rows[3].by_status == std::vector<std::pair<int, std::uint64_t>>{{431, 1}}));
}

BOOST_AUTO_TEST_CASE(only_hosts_that_no_page_can_choose_are_answered) {
  for (const char* host : {"127.0.0.1:9464", "127.0.0.1", "localhost", "LOCALHOST:9464", "[::1]:9464", "10.0.0.7:80",
                           "metrics.internal:9464"})
    BOOST_TEST(metrics::is_own_host(host, "metrics.internal"), host);
  for (const char* host : {"", "evil.example", "evil.example:9464", "127.0.0.1.evil.example", "localhost.evil.example",
                           "[evil.example]", "["})
    BOOST_TEST(!metrics::is_own_host(host, "127.0.0.1"), host);
}

BOOST_AUTO_TEST_SUITE_END()
