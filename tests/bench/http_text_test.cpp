#include "bench/load/http_text.hpp"

#include <boost/test/unit_test.hpp>

namespace portcullis::bench {

BOOST_AUTO_TEST_SUITE(bench_http_text)

BOOST_AUTO_TEST_CASE(a_response_is_whole_when_head_and_body_are_there) {
  const std::string text = "HTTP/1.1 503 Busy\r\ncontent-length: 4\r\nRETRY-After: 2\r\n\r\nbody";
  for (std::size_t size = 0; size < text.size(); ++size) BOOST_TEST(response_length(text.substr(0, size)) == 0U);
  BOOST_TEST(response_length(text) == text.size());
  BOOST_TEST(response_length(text + "HTTP/1.1") == text.size());
  BOOST_TEST(status_of(text) == 503);
}

BOOST_AUTO_TEST_CASE(a_header_is_found_by_its_whole_name_in_the_head_alone) {
  const std::string text = "HTTP/1.1 200 OK\r\nX-Retry-After: 1\r\nRetry: 2\r\n\r\nRetry-After: 3\r\n";
  BOOST_TEST(!has_header(text, "retry-after"));
  BOOST_TEST(has_header(text, "x-retry-after"));
  BOOST_TEST(has_header(text, "retry"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace portcullis::bench
