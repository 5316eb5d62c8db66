// What a request says of the way it came: lists of trusted proxies, and whether any proxy was in the way.
#include "net/http/forwarded.hpp"

#include <boost/test/unit_test.hpp>
#include <string>

#include "core/clock.hpp"
#include "net/http/request_parser.hpp"

using namespace portcullis;
using namespace portcullis::http;

namespace {

boost::asio::ip::address ip(const char* text) { return boost::asio::ip::make_address(text); }

const TrustedProxies proxies("127.0.0.1/32,10.0.0.0/8");

std::string seen(std::string_view list, std::string_view forwarded_for, const char* peer = "127.0.0.1") {
  return std::string(forwarded_value(list, ip(peer), forwarded_for, proxies));
}

Request near_request(std::string_view host = "localhost:8080") {
  Request request;
  request.peer = ip("127.0.0.1");
  request.loopback_listener = true;
  request.headers.emplace_back("Host", host);
  request.headers.emplace_back("User-Agent", "x");
  request.headers.emplace_back("X-Appwrite-Project", "console");
  request.headers.emplace_back("X-SDK-Name", "Web");
  request.headers.emplace_back("X-Requested-With", "x");
  request.headers.emplace_back("Origin", "http://localhost:3000");
  return request;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(forwarded)

BOOST_AUTO_TEST_CASE(the_outermost_trusted_proxys_value_counts) {
  struct Row {
    std::string_view list, forwarded_for, value;
  };
  const Row rows[] = {
      {"https", "203.0.113.9", "https"},
      {"https, http", "203.0.113.9, 10.0.0.1", "https"},        // two proxies, both appended
      {"http, https, http", "203.0.113.9, 10.0.0.1", "https"},  // the client sent one itself
      {"https, http", "203.0.113.9", "http"},                   // one proxy: the rest is the client's word
      {"https", "203.0.113.9, 10.0.0.1", "https"},              // passed on as it was
      {"https,http", "", "https"},                              // nobody but proxies is known
      {"https , http", "10.0.0.2, 10.0.0.1", "https"},
      {"http, https", "nonsense", "https"},  // beyond it nothing is known
      {" https ", "203.0.113.9", "https"},
      {"https,,", "203.0.113.9", "https"},
      {"", "203.0.113.9", ""},
      {",,", "203.0.113.9", ""},
  };
  for (const Row& row : rows)
    BOOST_TEST(seen(row.list, row.forwarded_for) == row.value, row.list << " | " << row.forwarded_for);
  BOOST_TEST(seen("https", "203.0.113.9", "192.0.2.1").empty());  // nobody trusted
}

BOOST_AUTO_TEST_CASE(hosts_have_nothing_that_ends_an_attribute) {
  const std::string longest(262, 'a');
  const std::pair<std::string, std::string> good[] = {{"localhost", "localhost"},
                                                      {"api.example.com", "api.example.com"},
                                                      {"API.example.com:8443", "API.example.com"},
                                                      {"127.0.0.1:80", "127.0.0.1"},
                                                      {"[::1]:80", "[::1]"},
                                                      {"[2001:db8::1]", "[2001:db8::1]"},
                                                      {"a_b", "a_b"},
                                                      {"a--b.c-d:", "a--b.c-d"},
                                                      {"A.EXAMPLE.COM.", "A.EXAMPLE.COM"},
                                                      {"localhost.:80", "localhost"},
                                                      {longest, longest}};
  for (const auto& [text, host] : good) BOOST_TEST(host_name(text) == host, text);
  for (const std::string& bad : {std::string(""),       std::string("a b"),      std::string("a;b"),
                                 std::string("a,b"),    std::string("a/b"),      std::string("u@a"),
                                 std::string("a:b"),    std::string("a:123456"), std::string("[::1"),
                                 std::string("[]"),     std::string("[x]"),      std::string("[::1]x"),
                                 std::string(":80"),    std::string("a\r\nb"),   std::string("\xc3\xa4.example"),
                                 longest + "a",         std::string("."),        std::string(".."),
                                 std::string(".com"),   std::string("..com"),    std::string("a..com"),
                                 std::string("a.."),    std::string(".:80"),     std::string("-"),
                                 std::string("-a.com"), std::string("a-.com"),   std::string("a.-com"),
                                 std::string("a.com-"), std::string("a.com-."),  std::string("[::1].")})
    BOOST_TEST(host_name(bad).empty(), bad);
}

BOOST_AUTO_TEST_CASE(near_is_loopback_at_both_ends_and_in_the_host) {
  for (const char* host : {"localhost", "LOCALHOST:8080", "localhost.", "127.0.0.1:8080", "127.9.9.9", "[::1]:8080"})
    BOOST_TEST(is_near(near_request(host)), host);
  for (const char* host : {"", "api.example.com", "localhost.example.com", "x.localhost", "203.0.113.9", "[::2]",
                           "127.0.0.1.nip.io", "0.0.0.0"})
    BOOST_TEST(!is_near(near_request(host)), host);
  Request from_outside = near_request();
  from_outside.peer = ip("203.0.113.9");
  BOOST_TEST(!is_near(from_outside));
  Request to_outside = near_request();
  to_outside.loopback_listener = false;
  BOOST_TEST(!is_near(to_outside));
  Request of_a_proxy = near_request();
  of_a_proxy.http11 = false;
  BOOST_TEST(!is_near(of_a_proxy));
}

BOOST_AUTO_TEST_CASE(what_proxies_add_makes_a_request_far_even_when_empty) {
  for (const char* name : {"Forwarded",
                           "Via",
                           "X-Forwarded-For",
                           "x-forwarded-proto",
                           "X-Forwarded-Host",
                           "X-Forwarded-Port",
                           "X-Forwarded-Server",
                           "X-Forwarded-Ssl",
                           "X-Forwarded-Prefix",
                           "X-Forwarded-Scheme",
                           "X-Forwarded-Client-Cert",
                           "X-Forwarded",
                           "Forwarded-For",
                           "X-Real-IP",
                           "X-Real-Port",
                           "X-Client-IP",
                           "X-Cluster-Client-IP",
                           "Client-IP",
                           "True-Client-IP",
                           "X-Remote-IP",
                           "Remote-Addr",
                           "X-Original-Forwarded-For",
                           "X-Original-Host",
                           "X-Originating-IP",
                           "X-ProxyUser-Ip",
                           "CF-Connecting-IP",
                           "CF-Ray",
                           "CF-Connecting-IPv6",
                           "CF-IPCountry",
                           "CF-Visitor",
                           "CDN-Loop",
                           "Fly-Client-IP",
                           "Fly-Forwarded-Proto",
                           "Fastly-Client-IP",
                           "Akamai-Origin-Hop",
                           "X-Amzn-Trace-Id",
                           "X-Amz-Cf-Id",
                           "CloudFront-Viewer-Address",
                           "X-Azure-ClientIP",
                           "X-ARR-LOG-ID",
                           "X-AppEngine-User-IP",
                           "X-Cloud-Trace-Context",
                           "X-Vercel-Forwarded-For",
                           "X-Nf-Client-Connection-Ip",
                           "X-Envoy-External-Address",
                           "X-Request-Start",
                           "X-Scheme",
                           "Front-End-Https",
                           "X-Varnish",
                           "Tailscale-User-Login",
                           "DO-Connecting-IP",
                           "X-RealIP",
                           "X-ClientIP",
                           "X-TrueClient-IP",
                           "X-Source-IP",
                           "X-User-IP",
                           "X-Served-By",
                           "X-Cache",
                           "X-Cache-Hits",
                           "Surrogate-Capability",
                           "X-Squid-Error",
                           "X-Kong-Request-Id",
                           "X-Consumer-Username",
                           "GCLB-Client-IP",
                           "X-Appgw-Trace-Id",
                           "X-CDN",
                           "X-CDN-Src-Ip",
                           "X-MS-Forwarded-Client-Cert",
                           "X-Geo-Country",
                           "X-Correlation-Id",
                           "Traceparent",
                           "tracestate",
                           "B3",
                           "X-B3-TraceId",
                           "X-Datadog-Trace-Id",
                           "X-Envoy-Attempt-Count",
                           "Remote-User",
                           "Client-Cert"})
    for (const char* value : {"", "https"}) {
      Request request = near_request();
      request.headers.emplace_back(name, value);
      BOOST_TEST(!is_near(request), name);
    }
}

BOOST_AUTO_TEST_CASE(what_browsers_and_sdks_send_leaves_a_request_near) {
  Request request = near_request();
  for (const char* name : {"Accept",
                           "Accept-Encoding",
                           "Accept-Language",
                           "Access-Control-Request-Headers",
                           "Access-Control-Request-Method",
                           "Authorization",
                           "Cache-Control",
                           "Connection",
                           "Content-Length",
                           "Content-Type",
                           "Cookie",
                           "DNT",
                           "Pragma",
                           "Priority",
                           "Range",
                           "Referer",
                           "Sec-CH-UA",
                           "Sec-Fetch-Mode",
                           "Sec-GPC",
                           "TE",
                           "Upgrade-Insecure-Requests",
                           "X-Appwrite-Response-Format",
                           "X-Fallback-Cookies",
                           "X-Portcullis-Signup-Code",
                           "X-SDK-Platform"})
    request.headers.emplace_back(name, "x");
  BOOST_TEST(is_near(request));
}

BOOST_AUTO_TEST_CASE(a_request_tells_its_version) {
  const SystemClock clock;
  BodyBudget budget(1 << 20, clock);
  for (const bool newer : {false, true}) {
    RequestParser parser(16384, 4096, budget);
    static_cast<void>(
        parser.consume(std::string("GET / HTTP/1.") + (newer ? "1" : "0") + "\r\nHost: localhost\r\n\r\n"));
    BOOST_REQUIRE(parser.fault().status == 0);
    BOOST_TEST(parser.request().http11 == newer);
  }
}

BOOST_AUTO_TEST_CASE(several_lines_of_a_list_are_one_list) {
  const SystemClock clock;
  BodyBudget budget(1 << 20, clock);
  RequestParser parser(16384, 4096, budget);
  static_cast<void>(
      parser.consume("GET / HTTP/1.1\r\nHost: a\r\nCookie: a=1\r\nX-Forwarded-Proto: https\r\ncookie: b=2\r\n"
                     "x-forwarded-for: 203.0.113.9\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a\r\n"
                     "X-Forwarded-For: 10.0.0.1\r\nX-Forwarded-Host: b\r\nX-One: 1\r\nX-One: 2\r\n\r\n"));
  BOOST_REQUIRE(parser.fault().status == 0);
  const Request& request = parser.request();
  BOOST_TEST(request.header("Cookie") == "a=1; b=2");
  BOOST_TEST(request.header("X-Forwarded-For") == "203.0.113.9, 10.0.0.1");
  BOOST_TEST(request.header("X-Forwarded-Proto") == "https, http");
  BOOST_TEST(request.header("X-Forwarded-Host") == "a, b");
  BOOST_TEST(request.headers.count("Cookie") == 1U);
  BOOST_TEST(request.headers.count("X-One") == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
