// Messages, cookies and client addresses as plain values.
#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

#include "net/http/client_ip.hpp"
#include "net/http/cookies.hpp"
#include "net/http/message.hpp"

using namespace portcullis;
using namespace portcullis::http;

namespace {

boost::asio::ip::address ip(const char* text) { return boost::asio::ip::make_address(text); }

std::string through(const char* peer, std::string_view forwarded, std::string_view trusted) {
  return client_address(ip(peer), forwarded, TrustedProxies(trusted)).to_string();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(http_values)

BOOST_AUTO_TEST_CASE(header_names_compare_without_case_and_the_first_wins) {
  Headers headers{{"Host", "a"}, {"X-One", "1"}, {"x-one", "2"}};
  BOOST_TEST(headers.find("x-ONE") == "1");
  BOOST_TEST(headers.find("X-Two").empty());
  BOOST_TEST(headers.count("x-one") == 2U);
  headers.replace("X-ONE", headers.find("host"));
  BOOST_TEST(headers.size() == 2U);
  std::string all;
  for (const auto& [name, value] : headers) all.append(name).append("=").append(value).append(";");
  BOOST_TEST(all == "Host=a;X-ONE=a;");
}

BOOST_AUTO_TEST_CASE(a_response_line_cannot_be_split) {
  Response response;
  response.add("X-Text", std::string_view("a\r\nSet-Cookie: b\0c", 18));
  BOOST_TEST(response.head == "X-Text: aSet-Cookie: bc\r\n");
  response.add("X-Text", "second");
  BOOST_TEST(response.header("x-text") == "aSet-Cookie: bc");
  BOOST_TEST(response.all("x-text").size() == 2U);
  BOOST_TEST(response.header("Set-Cookie").empty());
}

BOOST_AUTO_TEST_CASE(a_cookie_is_found_by_name_without_case_and_as_sent) {
  const std::string header = "other=1; A_Session_x=abc%3D%3d; a_session_x=late; a_session_x_legacy=old";
  BOOST_TEST(find_cookie(header, "a_session_x").value() == "abc%3D%3d");
  BOOST_TEST(find_cookie(header, "a_session_x_legacy").value() == "old");
  BOOST_TEST(!find_cookie(header, "a_session").has_value());
  BOOST_TEST(!find_cookie("", "a").has_value());
  BOOST_TEST(!find_cookie(";;=;a;", "a").has_value());
  BOOST_TEST(find_cookie("a=", "a").value().empty());
  BOOST_TEST(find_cookie(" a = b=c ;", "a").value() == "b=c");
}

BOOST_AUTO_TEST_CASE(raw_base64_and_broken_escapes_stay_as_they_are) {
  BOOST_TEST(find_cookie("a=ab+/cd==", "a").value() == "ab+/cd==");
  BOOST_TEST(find_cookie("a=%", "a").value() == "%");
  BOOST_TEST(find_cookie("a=%4", "a").value() == "%4");
  BOOST_TEST(find_cookie("a=%zz%41", "a").value() == "%zz%41");
}

BOOST_AUTO_TEST_CASE(a_set_cookie_line_has_the_attributes_asked_for) {
  SetCookie cookie;
  cookie.name = "a_session_x";
  cookie.value = "eyJ9+/==";
  cookie.domain = ".example.com";
  cookie.expires = Time{std::chrono::seconds{0}};
  cookie.secure = true;
  cookie.same_site = "None";
  BOOST_TEST(format(cookie) ==
             "a_session_x=eyJ9%2B%2F%3D%3D; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; Domain=.example.com; "
             "Secure; HttpOnly; SameSite=None");
  cookie.domain.clear();
  cookie.same_site.clear();
  cookie.secure = false;
  BOOST_TEST(format(cookie) == "a_session_x=eyJ9%2B%2F%3D%3D; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/; HttpOnly");
}

BOOST_AUTO_TEST_CASE(a_set_cookie_line_cannot_be_widened_by_its_parts) {
  SetCookie cookie;
  cookie.name = "a; Domain=evil";
  cookie.value = "v\r\nX: y; Path=/z";
  cookie.domain = "h; Secure\r\nX: y";
  const std::string line = format(cookie);
  BOOST_TEST(line.find("\r\n") == std::string::npos);
  BOOST_TEST(line.find("; Secure") == std::string::npos);
  BOOST_TEST(line.find("Domain=evil") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(forwarded_for_counts_only_behind_trusted_proxies) {
  BOOST_TEST(through("203.0.113.9", "1.1.1.1", "") == "203.0.113.9");
  BOOST_TEST(through("203.0.113.9", "1.1.1.1", "10.0.0.0/8") == "203.0.113.9");
  BOOST_TEST(through("10.1.2.3", "1.1.1.1", "10.0.0.0/8") == "1.1.1.1");
  BOOST_TEST(through("10.1.2.3", "", "10.0.0.0/8") == "10.1.2.3");
}

BOOST_AUTO_TEST_CASE(the_chain_is_walked_right_to_left_to_the_first_stranger) {
  BOOST_TEST(through("10.0.0.1", "6.6.6.6, 198.51.100.7, 10.0.0.2", "10.0.0.0/8") == "198.51.100.7");
  BOOST_TEST(through("10.0.0.1", "10.0.0.9, 10.0.0.2", "10.0.0.0/8") == "10.0.0.9");
  BOOST_TEST(through("10.0.0.1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.0/8") == "10.0.0.2");
  BOOST_TEST(through("10.0.0.1", "6.6.6.6,,", "10.0.0.0/8") == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(hops_may_carry_ports_and_brackets) {
  BOOST_TEST(through("10.0.0.1", "198.51.100.7:4711", "10.0.0.0/8") == "198.51.100.7");
  BOOST_TEST(through("10.0.0.1", "[2001:db8::1]:4711", "10.0.0.0/8") == "2001:db8::1");
  BOOST_TEST(through("10.0.0.1", "2001:db8::1", "10.0.0.0/8") == "2001:db8::1");
  BOOST_TEST(through("10.0.0.1", "[2001:db8::1", "10.0.0.0/8") == "10.0.0.1");
  BOOST_TEST(through("10.0.0.1", "fe80::1%eth0", "10.0.0.0/8") == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(mapped_addresses_are_ipv4_addresses) {
  BOOST_TEST(through("::ffff:10.0.0.1", "::ffff:198.51.100.7", "10.0.0.0/8") == "198.51.100.7");
  BOOST_TEST(through("::ffff:203.0.113.9", "", "") == "203.0.113.9");
}

BOOST_AUTO_TEST_CASE(an_endless_chain_is_walked_for_64_hops) {
  std::string chain;
  for (int i = 0; i < 200; ++i) chain += "10.0.0." + std::to_string(i) + ", ";
  chain += "10.0.0.250";
  BOOST_TEST(through("10.0.0.1", chain, "10.0.0.0/8") == "10.0.0.137");
  BOOST_TEST(through("10.0.0.1", std::string(16000, ','), "10.0.0.0/8") == "10.0.0.1");
}

BOOST_AUTO_TEST_CASE(proxy_lists_hold_networks_of_both_kinds_and_single_hosts) {
  const TrustedProxies list("10.0.0.0/8, 192.0.2.1 ,2001:db8::/33,::1/128");
  BOOST_TEST(list.contains(ip("10.255.0.1")));
  BOOST_TEST(!list.contains(ip("11.0.0.1")));
  BOOST_TEST(list.contains(ip("192.0.2.1")));
  BOOST_TEST(!list.contains(ip("192.0.2.2")));
  BOOST_TEST(list.contains(ip("2001:db8:7fff::1")));
  BOOST_TEST(!list.contains(ip("2001:db8:8000::1")));
  BOOST_TEST(list.contains(ip("::1")));
  BOOST_TEST(TrustedProxies("0.0.0.0/0").contains(ip("8.8.8.8")));
  BOOST_TEST(!TrustedProxies("0.0.0.0/0").contains(ip("2001:db8::1")));
  BOOST_TEST(!TrustedProxies("").contains(ip("::1")));
}

BOOST_AUTO_TEST_CASE(a_bad_entry_of_a_proxy_list_is_named) {
  for (const char* entry :
       {"10.0.0.0/33", "10.0.0/8", "::1/129", "host.example", "10.0.0.0/", "10.0.0.0/8x", "/8", "", " "}) {
    BOOST_CHECK_EXCEPTION(
        TrustedProxies(std::string("127.0.0.1,") + entry), std::invalid_argument,
        [&](const std::exception& e) { return std::string(e.what()).find(entry) != std::string::npos; });
  }
}

BOOST_AUTO_TEST_CASE(networks_are_a_24_or_a_64) {
  BOOST_TEST(client_network(ip("203.0.113.77")) == "203.0.113.0/24");
  BOOST_TEST(client_network(ip("2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::/64");
  const NetworkBytes v4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 203, 0, 113, 0};
  BOOST_TEST((network_bytes(ip("203.0.113.77")) == v4));
  BOOST_TEST((network_bytes(ip("::ffff:203.0.113.77")) == v4));
  const NetworkBytes v6{0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0};
  BOOST_TEST((network_bytes(ip("2001:db8:1:2:3:4:5:6")) == v6));
  BOOST_TEST(rate_key(ip("203.0.113.77")) == "203.0.113.77");
  BOOST_TEST(rate_key(ip("::ffff:203.0.113.77")) == "203.0.113.77");
  BOOST_TEST(rate_key(ip("2001:db8:1:2:3:4:5:6")) == "2001:db8:1:2::/64");
}

BOOST_AUTO_TEST_SUITE_END()
